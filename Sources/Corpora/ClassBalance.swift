import FileAccess
import Messages
package import PipelineCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How many documents each label has, and what to make of it.
package struct ClassBalance {
  private let labels: LabelSet
  private let counts: [Int]
  /// Above this many documents of the largest label for one of the smallest there is a warning.
  static let warningRatio = 10

  /// The balance of these documents.
  package init(_ documents: [CorpusDocument], labels: LabelSet) {
    self.labels = labels
    var counts = Array(repeating: 0, count: labels.count)
    for document in documents {
      if let number = labels.number(of: document.label) { counts[number] += 1 }
    }
    self.counts = counts
  }

  /// The weight of a document of each label; empty when all count the same.
  ///
  /// Computed weights have the mean 1 over the documents, so that the learning rate keeps its meaning.
  ///
  /// - Throws: `ConfigurationErrors` when a label is named that no document has.
  package func weights(_ wanted: ClassWeights) throws(ConfigurationErrors) -> [Double] {
    switch wanted {
    case .none: return []
    case .balanced: return normalized(counts.map { 1 / Double(max($0, 1)) })
    case .effective:
      let base = 0.999
      return normalized(counts.map { (1 - base) / (1 - pow(base, Double(max($0, 1)))) })
    case .given(let given):
      var weights = Array(repeating: 1.0, count: counts.count)
      for item in given {
        guard let number = labels.number(of: item.label) else {
          let name = QuotedText.quote(item.label.bytes)
          let sentence = "training.classWeights names the label \(name), which no document has"
          throw ConfigurationErrors([ConfigurationError(.conflict(sentence), at: nil)])
        }
        weights[number] = item.weight
      }
      return weights
    }
  }

  private func normalized(_ weights: [Double]) -> [Double] {
    let sum = zip(weights, counts).reduce(0) { $0 + $1.0 * Double($1.1) }
    let scale = Double(counts.reduce(0, +)) / max(sum, .leastNormalMagnitude)
    return weights.map { $0 * scale }
  }

  /// What to do about labels of very different size; `nil` when they are not, or when something is
  /// done already.
  package func warning(_ wanted: ClassWeights) -> String? {
    let used = counts.indices.filter { counts[$0] > 0 }
    guard wanted == .none,
      let largest = used.max(by: { (counts[$0], $1) < (counts[$1], $0) }),
      let smallest = used.min(by: { (counts[$0], $0) < (counts[$1], $1) }),
      counts[largest] > Self.warningRatio * counts[smallest],
      let balanced = try? weights(.balanced), let effective = try? weights(.effective)
    else { return nil }
    func name(_ number: Int) -> String {
      "\(QuotedText.quote(labels[number].bytes)) with \(NumberFormat.integer(counts[number]))"
    }
    func pair(_ weights: [Double]) -> String {
      "\(NumberFormat.short(weights[largest])) and \(NumberFormat.short(weights[smallest]))"
    }
    return "warning: the largest label, \(name(largest)) documents, has "
      + "\(NumberFormat.integer(counts[largest] / counts[smallest])) times as many as the smallest, "
      + "\(name(smallest)); training.classWeights: balanced would let a document of theirs count "
      + "\(pair(balanced)), effective \(pair(effective)) [imbalanced-labels]"
  }
}
