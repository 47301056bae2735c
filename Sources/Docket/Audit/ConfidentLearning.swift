/// Finds documents whose label is probably wrong, and estimates how many documents of each label
/// belong to a different one.
///
/// A document confidently belongs to label `j` if its probability of `j` is at least the mean
/// probability of `j` over the documents with that label. The documents are counted by given label
/// and confident label. These counts, scaled to the number of documents with each given label,
/// estimate the joint distribution of given and true labels. For a given label `i` and a true label
/// `j` with an estimated count of `n`, the `n` documents labelled `i` that have the largest
/// `p(j) - p(i)` are probably mislabelled.
///
/// **Source:** Northcutt, Jiang, Chuang 2021, "Confident learning: estimating uncertainty in
/// dataset labels", sections 3.1 and 3.2 (prune by noise rate). Rounding and edge cases follow
/// `find_label_issues` in cleanlab 2.9; a test compares the results of the two.
package struct ConfidentLearning: Sendable {
  /// A label, and the number of documents with one given label that are estimated to belong to it.
  package struct Entry: Sendable, Equatable {
    /// The estimated true label.
    package var label: Int
    /// The number of documents, above 0.
    package var count: Int
  }

  /// The smallest difference between probabilities that is treated as significant.
  private static let tolerance = 1e-6

  /// The mean probability of each label over its documents, `[C]`; infinite for a label without
  /// documents.
  package let thresholds: [Double]
  /// The estimated joint distribution of given and true labels as counts, with one row per given
  /// label. Each row contains only nonzero counts, in label order.
  package let joint: [[Entry]]
  /// The documents whose label is probably wrong, lowest quality first; ties are in document order.
  package let issues: [Int]

  private let labels: [Int]
  private let probabilities: [Float]
  private let labelCount: Int

  /// Analyzes out-of-fold predictions.
  ///
  /// - Parameters:
  ///   - labels: the given label of each document, `[N]`.
  ///   - probabilities: the probabilities of each document, `[N, C]`, row-major.
  ///   - labelCount: `C`, at least 2.
  package init(labels: [Int], probabilities: [Float], labelCount: Int) {
    precondition(probabilities.count == labels.count * labelCount, "expected N * C probabilities")
    (self.labels, self.probabilities, self.labelCount) = (labels, probabilities, labelCount)
    let rows = Rows(probabilities: probabilities, labelCount: labelCount)
    thresholds = Self.thresholds(labels, rows)
    joint = Self.calibrated(Self.confidentCounts(labels, rows, thresholds), labels)
    let found = Self.pruned(labels, rows, joint)
    let ranked = found.map { (quality: Self.quality(rows, $0, labels[$0]), document: $0) }
    issues = ranked.sorted { ($0.quality, $0.document) < ($1.quality, $1.document) }
      .map(\.document)
  }

  /// Returns how well the label of a document fits its probabilities, from 0 to 1: half of
  /// `1 + p(label) - p(most probable other label)`, the normalized margin.
  package func quality(of document: Int) -> Double {
    let rows = Rows(probabilities: probabilities, labelCount: labelCount)
    return Self.quality(rows, document, labels[document])
  }

  /// Returns the most probable label of a document other than the given one.
  package func suggestion(for document: Int) -> Int {
    let rows = Rows(probabilities: probabilities, labelCount: labelCount)
    return rows.best(document, without: labels[document])
  }

  /// Returns the largest ratio, over all labels, of the document's probability to the label's
  /// threshold. If the ratio is small, the document fits no label.
  package func fit(of document: Int) -> Double {
    let rows = Rows(probabilities: probabilities, labelCount: labelCount)
    return thresholds.indices.reduce(0) { largest, label in
      max(largest, rows[document, label] / max(thresholds[label], 2 * Self.tolerance))
    }
  }

  /// The estimated number of documents with a wrong label: the off-diagonal counts of the joint
  /// distribution.
  package var estimatedErrors: Int {
    joint.enumerated().reduce(0) { sum, row in
      row.element.reduce(sum) { $0 + ($1.label == row.offset ? 0 : $1.count) }
    }
  }
}

/// Probabilities by document and label.
private struct Rows {
  let probabilities: [Float]
  let labelCount: Int

  subscript(document: Int, label: Int) -> Double {
    Double(probabilities[document * labelCount + label])
  }

  /// Returns the label with the largest probability. Ties go to the first label.
  ///
  /// - Parameter excluded: a label to ignore.
  func best(_ document: Int, without excluded: Int? = nil) -> Int {
    var best = excluded == 0 ? 1 : 0
    for label in 0..<labelCount
    where label != excluded && self[document, label] > self[document, best] {
      best = label
    }
    return best
  }
}

// MARK: - The steps

extension ConfidentLearning {
  private static func quality(_ rows: Rows, _ document: Int, _ label: Int) -> Double {
    let other = rows.best(document, without: label)
    return (rows[document, label] - rows[document, other] + 1) / 2
  }

  private static func thresholds(_ labels: [Int], _ rows: Rows) -> [Double] {
    var sums = Array(repeating: 0.0, count: rows.labelCount)
    var counts = Array(repeating: 0, count: rows.labelCount)
    for (document, label) in labels.enumerated() {
      sums[label] += rows[document, label]
      counts[label] += 1
    }
    return zip(sums, counts).map { sum, count in
      count == 0 ? .infinity : max(sum / Double(count), 2 * tolerance)
    }
  }

  /// Counts the documents that confidently belong to each label, by given label. A document that
  /// reaches the thresholds of several labels is counted for its most probable label.
  private static func confidentCounts(
    _ labels: [Int], _ rows: Rows, _ thresholds: [Double]
  ) -> [[Entry]] {
    var counts: [[Int: Int]] = Array(repeating: [:], count: rows.labelCount)
    for (document, given) in labels.enumerated() {
      let confident = thresholds.indices.filter {
        rows[document, $0] >= thresholds[$0] - tolerance
      }
      guard let first = confident.first else { continue }
      let guess = confident.count > 1 ? rows.best(document) : first
      counts[given][guess, default: 0] += 1
    }
    // Assume that every label has at least one correctly labelled document.
    for label in counts.indices { counts[label][label] = max(counts[label][label] ?? 0, 1) }
    return counts.map { row in
      row.sorted { $0.key < $1.key }.map { Entry(label: $0.key, count: $0.value) }
    }
  }

  /// Scales each row to the number of documents with the given label.
  private static func calibrated(_ counts: [[Entry]], _ labels: [Int]) -> [[Entry]] {
    var totals = Array(repeating: 0, count: counts.count)
    for label in labels { totals[label] += 1 }
    return zip(counts, totals).map { row, total in
      let sum = row.reduce(0) { $0 + $1.count }
      let scaled = row.map { Double($0.count) / Double(sum) * Double(total) }
      return zip(row, roundedKeepingSum(scaled)).map { Entry(label: $0.label, count: $1) }
        .filter { $0.count > 0 }
    }
  }

  /// Rounds numbers to whole numbers with the same sum: the numbers with the largest rounding
  /// errors are rounded in the other direction.
  private static func roundedKeepingSum(_ values: [Double]) -> [Int] {
    var rounded = values.map { $0.rounded(.toNearestOrEven) }
    let sum = values.reduce(0, +).rounded(.toNearestOrEven)
    var missing = sum - rounded.reduce(0, +)
    while missing != 0 {
      let step: Double = missing > 0 ? 1 : -1
      let order = values.indices.sorted { left, right in
        let errors = [left, right].map { (values[$0] - rounded[$0]) * step }
        // Among equal errors, cleanlab picks the last when adding and the first when subtracting.
        return (errors[1], Double(right) * step) < (errors[0], Double(left) * step)
      }
      for number in order.prefix(NumberOf.whole(abs(missing))) { rounded[number] += step }
      missing = sum - rounded.reduce(0, +)
    }
    return rounded.map(NumberOf.whole)
  }

  /// Returns the documents that are pruned, in document order.
  private static func pruned(_ labels: [Int], _ rows: Rows, _ joint: [[Entry]]) -> [Int] {
    var members = Array(repeating: [Int](), count: joint.count)
    for (document, label) in labels.enumerated() { members[label].append(document) }
    var isPruned = Array(repeating: false, count: labels.count)
    // Pruning the only document of a label would leave the label without documents.
    for (given, row) in joint.enumerated() where members[given].count > 1 {
      for entry in keepingOne(row, given) where entry.label != given {
        let ranked = members[given].map { document in
          (margin: rows[document, entry.label] - rows[document, given], document: document)
        }.sorted { ($1.margin, $0.document) < ($0.margin, $1.document) }
        for (_, document) in ranked.prefix(entry.count) { isPruned[document] = true }
      }
    }
    return labels.indices.filter { document in
      let (given, best) = (labels[document], rows.best(document))
      // A given label as probable as the predicted one is not an error.
      return isPruned[document] && best != given
        && rows[document, best] > rows[document, given] + tolerance
    }
  }

  /// Reduces the off-diagonal counts of a row if otherwise no document would keep the given label.
  private static func keepingOne(_ row: [Entry], _ given: Int) -> [Entry] {
    guard !row.contains(where: { $0.label == given }) else { return row }
    let share = 1 / Double(max(row.count - 1, 1))
    return row.map { Entry(label: $0.label, count: NumberOf.whole(Double($0.count) - share)) }
  }
}

/// Conversion of small numbers to integers.
private enum NumberOf {
  /// Returns the integer part of a number, or 0 if the number is negative.
  static func whole(_ value: Double) -> Int { Int(max(value, 0)) }
}
