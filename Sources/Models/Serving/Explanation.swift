public import PipelineCore

/// Why a document got its label: the prediction, and what each token contributed to one label.
public struct Explanation: Sendable {
  /// What the document is labelled, as `predict` says it.
  public var prediction: Prediction
  /// The number of the label that is explained.
  public var label: Int
  /// The score of that label, in nats: its logit less the mean of all logits.
  public var score: Double
  /// The score of that label for a document without tokens.
  public var base: Double
  /// The tokens, cut to the limit.
  public var tokens: TokenSequence
  /// The share of each token in the score.
  public var shares: TokenShares

  /// The numbers of the tokens with the `count` largest shares by absolute value, largest first,
  /// equals in the order of the document.
  public func strongest(_ count: Int) -> [Int] {
    let order = shares.values.indices.sorted {
      (-abs(shares.values[$0]), $0) < (-abs(shares.values[$1]), $1)
    }
    return Array(order.prefix(count))
  }
}

extension TrainedPipeline {
  /// The prediction for each document with the share of each of its tokens in it, in order.
  ///
  /// - Parameters:
  ///   - documents: UTF-8 bytes; what is wrong with one is its own failure.
  ///   - label: the number of the label to explain; `nil` explains the likeliest of each document.
  ///   - threads: changes the time only.
  public func explain(
    _ documents: [[UInt8]], label: Int? = nil, threads: Int
  ) -> [Result<Explanation, DocumentError>] {
    let table = model.embedding
    let empty = EncodedDocument(rows: [], hashes: [])
    let none = model.probabilities(of: [empty], threads: 1)[0]
    let prepared = preparation.prepare(documents, threads: threads)
    let predictions = predict(documents, threads: threads)
    // One document alone gets all threads, several get one each.
    let inner = documents.count == 1 ? threads : 1
    return Shards.map(count: documents.count, threads: threads) { number in
      prepared[number].flatMap { document in
        predictions[number].map { prediction in
          let label = label ?? prediction.best
          return Explanation(
            prediction: prediction, label: label,
            score: TokenShares.score(of: label, in: prediction.probabilities),
            base: TokenShares.score(of: label, in: none), tokens: document.tokens,
            shares: model.shares(of: document.encoded(by: table), for: label, threads: inner))
        }
      }
    }
  }
}
