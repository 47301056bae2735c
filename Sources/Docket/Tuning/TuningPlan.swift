package import Corpora
import PipelineCore

/// A plan for successive halving: many trials on few documents, then the best third of them on
/// three times as many documents, and so on until the remaining trials are trained on all
/// documents.
///
/// **Source:** Jamieson, Talwalkar 2016; Li et al. 2018 (Hyperband), with a factor of 3.
package struct TuningPlan: Sendable, Equatable {
  /// A round of the search.
  package struct Round: Sendable, Equatable {
    /// The number of training documents.
    package var documents: Int
    /// The number of trials, without the pipeline itself, which is in every round.
    package var trials: Int
  }

  /// The rounds, from few documents to all.
  package let rounds: [Round]

  private static let factor = 3
  /// The minimum number of documents per label, on average, in a round. With fewer, the best
  /// settings say little about the best settings for many documents.
  private static let documentsPerLabel = 40

  /// Plans a search.
  ///
  /// - Parameters:
  ///   - trials: the number of trials, without the pipeline itself.
  ///   - documents: the number of training documents.
  ///   - labels: the number of labels.
  package init(trials: Int, documents: Int, labels: Int) {
    var rounds = [Round(documents: documents, trials: trials)]
    while let first = rounds.first, rounds[0].trials > 1,
      case let fewer = first.documents / Self.factor, fewer >= Self.documentsPerLabel * labels
    {
      rounds[0].trials = (first.trials + Self.factor - 1) / Self.factor
      rounds.insert(Round(documents: fewer, trials: 0), at: 0)
      // The first round has all trials; each later round has a third of the previous one.
      var count = trials
      for number in rounds.indices {
        rounds[number].trials = count
        count = (count + Self.factor - 1) / Self.factor
      }
      if rounds[rounds.count - 1].trials <= 3 { break }
    }
    self.rounds = rounds
  }
}

extension Corpus {
  /// Returns about `count` documents in corpus order, with nearly the same share of each label and
  /// at least two documents per label if possible. A larger subset contains every smaller one.
  package func stratified(_ count: Int, seed: Int) -> Corpus {
    guard count < documents.count else { return self }
    let labels = labels
    var members = Array(repeating: [Int](), count: labels.count)
    for (number, document) in documents.enumerated() {
      if let label = labels.number(of: document.label) { members[label].append(number) }
    }
    var isKept = Array(repeating: false, count: documents.count)
    for label in members.indices {
      var generator = SeededGenerator(seed: UInt64(bitPattern: Int64(seed)), label)
      generator.shuffle(&members[label])
      let share = Double(members[label].count) * Double(count) / Double(documents.count)
      for number in members[label].prefix(max(2, Int(share.rounded()))) { isKept[number] = true }
    }
    return Corpus(
      documents: documents.indices.filter { isKept[$0] }.map { documents[$0] }, sources: sources,
      warnings: [], faults: RowFaults())
  }
}
