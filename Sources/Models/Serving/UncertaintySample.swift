package import FileAccess
package import PipelineCore

/// The unlabelled documents that are most worth labelling: those for which the model can hardly
/// decide between two labels.
///
/// Documents are taken in the order of the margin between their two most probable labels, smallest
/// first, except those that resemble a document already taken: labels for two similar documents
/// teach the model little more than a label for one of them. The sample has about the same number
/// of documents for each predicted label, as far as there are enough. Only the documents with the
/// smallest margins are compared, 20 times the requested number, so memory use does not depend on
/// the length of the stream.
///
/// **Source:** Scheffer, Decomain, Wrobel 2001, "Active hidden Markov models for information
/// extraction" (margin); Zhdanov 2019, "Diverse mini-batch active learning" (preselection by
/// margin, then diversity).
package struct UncertaintySample {
  /// A document with its prediction.
  package struct Candidate: Sendable {
    /// The id of the document, or its line number, as the members of a record.
    package let idMembers: [JSONMember]
    /// The text.
    package let text: [UInt8]
    /// The indices of the two most probable labels.
    package let labels: (best: Int, second: Int)
    /// The probability of the best label.
    package let probability: Float
    /// The difference between the probabilities of the two labels.
    package let margin: Float
    /// The position in the stream.
    fileprivate let place: Int
  }

  /// The number of documents that are compared per requested document.
  private static let poolFactor = 20

  private let count: Int
  private let labelCount: Int
  private var pool: [Candidate] = []
  private var documents = 0

  /// Creates a sample of at most `count` documents for a model with `labelCount` labels.
  package init(count: Int, labelCount: Int) { (self.count, self.labelCount) = (count, labelCount) }

  /// Adds the next document of the stream. A document without tokens is ignored, because it
  /// contains nothing to learn from.
  package mutating func add(_ document: IncomingDocument, _ prediction: Prediction) {
    documents += 1
    guard prediction.tokenCount > 0, case .success(let text) = document.text else { return }
    let top = prediction.top(2)
    guard let best = top.first, let second = top.last, top.count == 2 else { return }
    let probability = prediction.probabilities[best]
    pool.append(
      Candidate(
        idMembers: document.idMembers, text: text, labels: (best, second), probability: probability,
        margin: probability - prediction.probabilities[second], place: documents))
    if pool.count >= 2 * Self.poolFactor * count { pool = ranked }
  }

  /// The candidates with the smallest margins, in order.
  private var ranked: [Candidate] {
    let sorted = pool.sorted { ($0.margin, $0.place) < ($1.margin, $1.place) }
    return Array(sorted.prefix(Self.poolFactor * count))
  }

  /// Returns the documents to label, smallest margin first. There are fewer than requested if all
  /// other candidates resemble one of them.
  ///
  /// - Parameter preparation: the text stages of the model.
  package func chosen(_ preparation: TextPreparation, threads: Int) -> [Candidate] {
    let candidates = ranked
    let words = preparation.prepare(candidates.map(\.text), threads: threads).map { result in
      Set((try? result.get().encoded(by: nil).hashes) ?? [])
    }
    var chosen: [Int] = []
    var counts: [Int: Int] = [:]
    func take(most limit: Int) {
      for number in candidates.indices where chosen.count < count {
        let label = candidates[number].labels.best
        guard counts[label, default: 0] < limit,
          chosen.allSatisfy({ !Self.resemble(words[$0], words[number]) })
        else { continue }
        chosen.append(number)
        counts[label, default: 0] += 1
      }
    }
    take(most: (count + labelCount - 1) / labelCount)
    // Some labels have fewer candidates than their share.
    take(most: .max)
    return chosen.sorted().map { candidates[$0] }
  }

  /// Returns whether two documents have at least half of their distinct words in common.
  private static func resemble(_ left: Set<UInt64>, _ right: Set<UInt64>) -> Bool {
    let (small, large) = left.count < right.count ? (left, right) : (right, left)
    // There are at most as many shared words as words in the smaller set.
    guard 2 * small.count >= large.count else { return false }
    let shared = small.count { large.contains($0) }
    return 2 * shared >= small.count + large.count - shared
  }
}
