import Messages

/// Small precision-recall curves side by side, one per label.
enum PrecisionRecallChart {
  /// The number of labels above which there are no curves.
  private static let largest = 40
  private static let (width, height) = (150.0, 110.0)

  /// Returns the curves of some classes; `nil` if there are too many classes or no scores.
  static func small(_ evaluation: Evaluation, _ numbers: [Int]) -> String? {
    let shown = numbers.filter {
      evaluation.rankings.indices.contains($0) && !evaluation.rankings[$0].curve.isEmpty
    }
    guard !shown.isEmpty, shown.count <= largest else { return nil }
    let figures = shown.map { number in
      let ranking = evaluation.rankings[number]
      let label = evaluation.labels[number]
      let precision = NumberFormat.percent(ranking.averagePrecision ?? 0)
      return """
        <figure><svg class="pr" viewBox="0 0 \(Int(width)) \(Int(height))" role="img" \
        aria-label="Precision-recall curve, average precision \(precision)">\
        <rect class="frame" x="0.5" y="0.5" width="\(Int(width) - 1)" height="\(Int(height) - 1)"/>\
        <polyline class="training" points="\(points(ranking.curve))"/></svg>\
        <figcaption>\(HTMLText.isolate(label)) \(precision)</figcaption></figure>
        """
    }
    return """
      <div class="small">
      \(figures.joined(separator: "\n"))
      </div>
      <p class="quiet">Recall runs from left to right and precision from bottom to top, both from \
      0 to 100 %. The number is the average precision.</p>
      """
  }

  private static func points(_ curve: [RankingScores.Point]) -> String {
    ([RankingScores.Point(recall: 0, precision: curve[0].precision)] + curve).map { point in
      let x = NumberFormat.decimal(point.recall * (width - 2) + 1, 1)
      let y = NumberFormat.decimal((1 - point.precision) * (height - 2) + 1, 1)
      return "\(x),\(y)"
    }.joined(separator: " ")
  }
}
