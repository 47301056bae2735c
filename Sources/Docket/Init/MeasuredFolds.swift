import Corpora
import Models
import PipelineCore
import PipelineFiles

/// The folds of a sample on which text preparations are compared.
final class MeasuredFolds {
  private let documents: [CorpusDocument]
  /// The fold of each document.
  private let numbers: [Int]
  private let folds: Int
  private let description: PipelineDescription
  private let classifier: any Classifier
  private let seed: Int
  private let threads: Int
  private let report: (TrainingEvent) -> Void
  /// The number of models trained so far, and the number to train.
  private var (done, total): (Int, Int)

  /// The number of documents.
  var count: Int { documents.count }

  /// Divides the documents that a text preparation can process into folds.
  ///
  /// - Parameter total: the number of text preparations to measure.
  init(
    _ sample: [CorpusDocument], preparedBy variant: TextVariant,
    _ description: PipelineDescription, classifier: any Classifier, folds: Int, seed: Int,
    threads: Int, total: Int, report: @escaping (TrainingEvent) -> Void
  ) {
    (self.description, self.classifier, self.folds) = (description, classifier, folds)
    (self.seed, self.threads, self.report) = (seed, threads, report)
    (done, self.total) = (0, total * folds)
    let preparation = TextPreparation(
      normalizers: variant.normalizers, tokenizer: variant.tokenizer, limits: description.limits)
    let results = preparation.prepare(sample.map(\.text), threads: threads)
    var hashes: [[UInt64]] = []
    documents = zip(sample, results).compactMap { document, result in
      guard let prepared = try? result.get() else { return nil }
      hashes.append(prepared.encoded(by: nil).hashes)
      return document
    }
    let groups = DuplicateGroups(in: documents, hashes: hashes, threads: threads)
    numbers =
      StratifiedFolds(
        of: documents, groups: groups.numbers, labels: LabelSet(documents.lazy.map(\.label)),
        count: folds, seed: seed
      ).numbers
  }

  /// Returns, for each document, whether a classifier trained on the other folds predicts its
  /// label; `nil` if the classifier cannot be trained.
  ///
  /// - Throws: `MemoryError`; any error from reading a word list.
  func outcomes(of variant: TextVariant) throws -> [Bool]? {
    var outcomes = Array(repeating: false, count: documents.count)
    for fold in 0..<folds {
      let rest = documents.indices.filter { numbers[$0] != fold }
      let held = documents.indices.filter { numbers[$0] == fold }
      var pipeline = description
      (pipeline.normalizers, pipeline.tokenizer) = (variant.normalizers, variant.tokenizer)
      // Words that are discovered in the corpus must not come from the held-out fold.
      pipeline = try pipeline.addingWordLists(from: rest.map { documents[$0] }, threads: threads)
      let preparation = TextPreparation(pipeline)
      let labels = LabelSet(rest.map { documents[$0].label })
      guard labels.count > 1,
        let model = try model(of: encoded(rest, preparation), labels, variant)
      else { return nil }
      let examples = encoded(held, preparation)
      let predictions = model.outcomes(of: examples.map(\.document), threads: threads)
      for (example, prediction) in zip(examples, predictions) {
        guard let probabilities = try? prediction.get() else { continue }
        let best = Prediction(probabilities: probabilities).best
        outcomes[example.number] = labels[best] == documents[example.number].label
      }
      done += 1
    }
    return outcomes
  }

  /// Returns the encoded documents at these indices, without those that a stage rejects.
  private func encoded(
    _ numbers: [Int], _ preparation: TextPreparation
  ) -> [(number: Int, document: EncodedDocument)] {
    let results = preparation.prepare(numbers.map { documents[$0].text }, threads: threads)
    let blocks = Shards.ranges(of: results.count, size: 256)
    return Shards.map(count: blocks.count, threads: threads) { block in
      blocks[block].compactMap { place in
        (try? results[place].get()).map { (numbers[place], $0.encoded(by: nil)) }
      }
    }.flatMap { $0 }
  }

  /// Trains the classifier; returns `nil` if that fails, as it may on texts without tokens.
  private func model(
    of examples: [(number: Int, document: EncodedDocument)], _ labels: LabelSet,
    _ variant: TextVariant
  ) throws -> (any ClassifierModel)? {
    var settings = description.training
    settings.seed = seed
    let detail = variant.settings.isEmpty ? "" : "with \(variant.settings.joined(separator: ", "))"
    let share = min(1, Double(done) / Double(total))
    report(.phase(PhaseRecord(.measuring, detail: detail, share: share)))
    let task = TrainingTask(
      examples: LabelledExamples(
        documents: examples.map(\.document),
        labels: examples.map { labels.number(of: documents[$0.number].label) ?? 0 },
        labelCount: labels.count),
      settings: settings, threads: threads,
      report: { [report] event in
        guard case .phase = event else { return }
        report(.phase(PhaseRecord(.measuring, detail: detail, share: share)))
      })
    do {
      return try classifier.fitModel(task)
    } catch let error as MemoryError {
      throw error
    } catch {
      return nil
    }
  }
}
