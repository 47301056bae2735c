import FileAccess
import Messages
import PipelineCore
import Platform

/// The gates at each token of a document, as text: one table per direction, one row per token.
enum GateChart {
  /// The maximum width of a token, in columns.
  private static let tokenWidth = 24
  /// The number of powers of ten that the influence bar covers.
  private static let decades = 8.0
  private static let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// Returns the charts of all directions, each preceded by an empty line.
  static func text(of explanation: Explanation) -> String {
    let tokens = explanation.tokens.strings.map {
      DisplayWidth.cut(QuotedText.field($0), to: tokenWidth)
    }
    guard !explanation.gates.isEmpty else {
      return tokens.isEmpty ? "" : "\nno gates: the classifier is not a recurrent network\n\n"
    }
    return explanation.gates.map { chart($0, tokens) }.joined() + "\n"
  }

  private static func chart(_ trace: GateTrace, _ tokens: [String]) -> String {
    let direction = trace.isReversed ? "backward" : "forward"
    var table = TextTable([.left] + trace.means.map { _ in .left } + [.left, .right])
    let maxima = Dictionary(
      uniqueKeysWithValues: (trace.maxima ?? []).map { ($0.token, $0.units) })
    table.add(
      ["token"] + trace.means.map(\.name) + ["influence", trace.maxima == nil ? "" : "maxima"])
    let largest = trace.influence.max() ?? 0
    for (number, token) in tokens.enumerated() {
      let influence = trace.influence[number]
      let share = influence > 0 && largest > 0 ? 1 + log10(influence / largest) / decades : 0
      table.add(
        [(trace.isCut(before: number) ? "| " : "") + token]
          + trace.means.map { cell($0.values[number], share: $0.values[number]) }
          + [
            bar(share) + " " + NumberFormat.magnitude(influence),
            maxima[number].map(String.init) ?? "",
          ])
    }
    let units = trace.units.map { unit in
      let place = unit.token.map { " at \(tokens[$0])" } ?? ""
      return "\(unit.number) (\(NumberFormat.signedDecimal(unit.effect, 2))\(place))"
    }
    let lines = ["", "layer \(trace.layer), \(direction)"] + table.lines
    let last = units.isEmpty ? [] : ["strongest units: " + units.joined(separator: ", ")]
    return (lines + last).joined(separator: "\n") + "\n"
  }

  private static func cell(_ value: Double, share: Double) -> String {
    bar(share) + " " + NumberFormat.decimal(value, 2)
  }

  /// Returns a bar for a value from 0 to 1.
  private static func bar(_ share: Double) -> String {
    let level = NumberFormat.whole((min(max(share, 0), 1) * 8).rounded(.up)) - 1
    return String(bars[min(max(level, 0), 7)])
  }
}
