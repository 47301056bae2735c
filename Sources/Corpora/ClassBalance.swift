import FileAccess
import Messages
package import PipelineCore

import Platform

/// The number of documents of each label, and the resulting class weights.
package struct ClassBalance {
  private let labels: LabelSet
  private let counts: [Int]
  /// The ratio between the sizes of the largest and the smallest label above which a warning is
  /// issued.
  private static let warningRatio = 10

  /// Counts the documents of each label.
  package init(_ documents: [CorpusDocument], labels: LabelSet) {
    self.labels = labels
    var counts = Array(repeating: 0, count: labels.count)
    for document in documents {
      if let number = labels.number(of: document.label) { counts[number] += 1 }
    }
    self.counts = counts
  }

  /// Returns the weight of each label's documents; an empty array for `none`.
  ///
  /// `balanced` is `1 / n` for a label with `n` documents. `effective` is `(1 - b) / (1 - b^n)`
  /// with `b = 0.999`. Both are scaled to a mean of 1 over the documents, which preserves the scale
  /// of the learning rate.
  ///
  /// **Source**: Cui et al. 2019, "Class-Balanced Loss Based on Effective Number of Samples".
  ///
  /// - Throws: `ConfigurationErrors` if a weight is given for a label that does not occur.
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
          let sentence = "training.classWeights names the label \(name), but no document has it"
          throw ConfigurationErrors([ConfigurationError(.conflict(sentence), at: nil)])
        }
        weights[number] = item.weight
      }
      return weights
    }
  }

  /// Scales weights to a mean of 1 over the documents.
  private func normalized(_ weights: [Double]) -> [Double] {
    let sum = zip(weights, counts).reduce(0) { $0 + $1.0 * Double($1.1) }
    let scale = Double(counts.reduce(0, +)) / max(sum, .leastNormalMagnitude)
    return weights.map { $0 * scale }
  }

  /// Returns a warning if label sizes differ widely and `wanted` does not compensate for this.
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
    let ratio = NumberFormat.integer(counts[largest] / counts[smallest])
    return Finding(
      .warning, "imbalanced-labels",
      "the largest label, \(name(largest)) documents, has \(ratio) times as many as the smallest, "
        + "\(name(smallest)); training.classWeights: balanced would weight their documents by "
        + "\(pair(balanced)), and training.classWeights: effective by \(pair(effective))"
    ).description
  }
}
