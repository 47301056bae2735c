package import Messages
package import PipelineCore

/// An explained document, as the page shows it.
package struct ExplainedDocument: Sendable {
  /// The id of the document, as text.
  package var id: String
  /// The explained label.
  package var label: Label
  /// The probability of the label.
  package var probability: Float
  /// The scores of the label for the document and for a document without tokens, in nats.
  package var scores: (document: Double, base: Double)
  /// The share of each token in the score, and the method that computed the shares.
  package var shares: TokenShares
  /// The tokens.
  package var tokens: [String]
  /// The text with the shares.
  package var map: HeatMap
  /// The gates of each direction of each layer; empty if there are none.
  package var gates: [GateTrace]

  /// Creates an explained document.
  package init(
    id: String, label: Label, probability: Float, scores: (document: Double, base: Double),
    shares: TokenShares, tokens: [String], map: HeatMap, gates: [GateTrace]
  ) {
    self.id = id
    self.label = label
    self.probability = probability
    self.scores = scores
    self.shares = shares
    self.tokens = tokens
    self.map = map
    self.gates = gates
  }
}

/// Explanations as one self-contained page: the text of each document with a colour for each token,
/// the strongest tokens, and the gates.
package enum ExplanationHTML {
  /// The maximum number of documents on a page.
  package static let documentLimit = 200
  /// The number of tokens in the table of the strongest tokens.
  private static let strongest = 10
  /// The number of powers of ten that the influence bar covers.
  private static let decades = 8.0

  /// Returns the page.
  ///
  /// - Parameters:
  ///   - documents: the documents, at most `documentLimit`.
  ///   - omitted: the number of documents that are not on the page.
  package static func render(
    title: String, _ documents: [ExplainedDocument], omitted: Int
  ) -> String {
    var parts = [
      """
      <p class="quiet">A blue token supports the label, an orange one opposes it; the strongest \
      token of a document is shown in full colour. Shares are in nats.</p>
      """
    ]
    parts += documents.map(document)
    if omitted > 0 {
      let count = NumberFormat.count(omitted, "more document is", "more documents are")
      parts.append("<p class=\"quiet\">\(count) not on this page.</p>")
    }
    return HTMLPage.document(title: title, parts)
  }

  private static func document(_ document: ExplainedDocument) -> String {
    let facts = [
      "probability \(NumberFormat.percent(Double(document.probability)))",
      "score \(NumberFormat.decimal(document.scores.document, 2))",
      "without tokens \(NumberFormat.decimal(document.scores.base, 2))",
      HTMLText.escape(document.shares.method.rawValue),
    ]
    return HTMLPage.part(
      "<bdi>\(HTMLText.escape(document.id))</bdi>: \(HTMLText.isolate(document.label))",
      """
      <p class="document" dir="auto">\(text(document.map))</p>
      <p class="quiet">\(facts.joined(separator: ", "))</p>
      \(strongest(document))
      \(document.gates.map { gates($0, document.tokens) }.joined(separator: "\n"))
      """)
  }

  private static func text(_ map: HeatMap) -> String {
    map.pieces.map { piece in
      let text = HTMLText.escapeLines(piece.text)
      guard let share = piece.share else { return text }
      let strength = NumberFormat.decimal(map.strength(share) * 80, 0)
      let title = NumberFormat.signedDecimal(share, 4)
      return "<span class=\"\(share > 0 ? "for" : "against")\" style=\"--share:\(strength)%\" "
        + "title=\"\(title)\">\(text)</span>"
    }.joined()
  }

  private static func strongest(_ document: ExplainedDocument) -> String {
    let values = document.shares.values
    let order = values.indices.sorted { (-abs(values[$0]), $0) < (-abs(values[$1]), $1) }
    let rows = order.prefix(strongest).map { token in
      "<tr><th scope=\"row\">\(isolated(document.tokens[token]))</th>"
        + "<td>\(NumberFormat.signedDecimal(values[token], 4))</td></tr>"
    }
    guard !rows.isEmpty else { return "" }
    return """
      <details><summary>Strongest tokens</summary><div class="scroll"><table>
      <thead><tr><th>token</th><th>share</th></tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div></details>
      """
  }

  private static func gates(_ trace: GateTrace, _ tokens: [String]) -> String {
    let largest = trace.influence.max() ?? 0
    var maxima = Array(repeating: 0, count: tokens.count)
    for maximum in trace.maxima ?? [] { maxima[maximum.token] = maximum.units }
    let most = maxima.max() ?? 0
    let rows = tokens.indices.map { token in
      let influence = trace.influence[token]
      let reach =
        influence > 0 && largest > 0
        ? 1 + NumberFormat.logarithm(influence / largest) / NumberFormat.logarithm(10) / decades : 0
      var cells = trace.means.map {
        bar($0.values[token], title: NumberFormat.decimal($0.values[token], 3))
      }
      cells.append(bar(reach, title: NumberFormat.magnitude(influence)))
      if trace.maxima != nil {
        let share = most > 0 ? Double(maxima[token]) / Double(most) : 0
        cells.append(bar(share, title: NumberFormat.count(maxima[token], "unit", "units")))
      }
      return "<tr\(trace.isCut(before: token) ? " class=\"cut\"" : "")>"
        + "<th scope=\"row\">\(isolated(tokens[token]))</th>\(cells.joined())</tr>"
    }
    let names =
      trace.means.map { HTMLText.escape($0.name) } + ["influence"]
      + (trace.maxima == nil ? [] : ["maxima"])
    return """
      <details><summary>Layer \(trace.layer), \(trace.isReversed ? "backward" : "forward")</summary>
      <div class="scroll"><table>
      <thead><tr><th>token</th>\(names.map { "<th class=\"left\">\($0)</th>" }.joined())</tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div></details>
      """
  }

  private static func bar(_ share: Double, title: String) -> String {
    let width = NumberFormat.decimal(min(max(share, 0), 1) * 100, 0)
    return
      "<td class=\"gate\" title=\"\(title)\"><div><span style=\"width:\(width)%\"></span></div>"
      + "</td>"
  }

  private static func isolated(_ token: String) -> String {
    "<bdi>\(HTMLText.escape(token))</bdi>"
  }
}
