import FileAccess
package import PipelineCore

extension RandomEmbedding: TextTrainedEmbedding {
  /// The width of a vector.
  package var vectorWidth: Int { configuration.dimensions }

  /// The files of additional text to learn from.
  package var textFiles: [FilePath] { configuration.pretrain?.text ?? [] }

  /// Returns the number of passes over a text of `tokens` tokens; 0 for random vectors.
  package func passes(forTokens tokens: Int) -> Int {
    configuration.pretrain?.epochs(forTokens: tokens) ?? 0
  }

  /// The number of multiply-adds per token in one pass.
  package var multiplyAddsPerToken: Double {
    guard let settings = configuration.pretrain else { return 0 }
    let (window, samples) = (Double(settings.window + 1), Double(settings.negatives + 1))
    let products = settings.method == .skipgram ? window * samples : window + samples
    // A word has several n-grams.
    return Double(configuration.dimensions) * products * (settings.subwords ? 4 : 1)
  }

  /// Returns a copy of the stage with this number of passes.
  package func with(passes: Int) -> any Embedding {
    var configuration = configuration
    configuration.pretrain?.epochs = passes
    return RandomEmbedding(configuration: configuration)
  }

  /// Trains vectors for a moment and returns the measured seconds per token.
  package func measuredSecondsPerToken(_ documents: [TokenSequence], threads: Int) -> Double {
    guard let settings = configuration.pretrain else { return 0 }
    let text = TrainingText(documents, minCount: configuration.minCount)
    guard text.tokenCount > 0 else { return 0 }
    // The first round also starts threads and touches memory for the first time, which takes longer
    // than a round on a short text. Only later rounds are measured, if there are any.
    var first: (tokens: Int, stopwatch: UndisturbedStopwatch)?
    var (tokens, seconds) = (0, 0.0)
    let training = VectorTraining(
      settings: settings, dimensions: configuration.dimensions, seed: 1, threads: threads,
      report: { record in
        let done = (record.epoch - 1) * record.tokensPerEpoch + record.tokens
        guard let first else {
          // This is the only measurement if there is one round.
          (tokens, seconds) = (done, record.seconds)
          first = (done, UndisturbedStopwatch())
          return
        }
        (tokens, seconds) = (done - first.tokens, first.stopwatch.seconds)
      }, shouldStop: { first.map { $0.stopwatch.seconds > Self.measuredSeconds } ?? false })
    _ = try? training.vectors(of: text)
    return seconds / Double(max(tokens, 1))
  }

  /// The duration of the measurement, in seconds.
  private static let measuredSeconds = 0.2
}
