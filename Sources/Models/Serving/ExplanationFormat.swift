import FileAccess
package import Messages
public import PipelineCore

/// The format of explanations: one record per document.
public struct ExplanationFormat: Sendable {
  /// Whether a record is a JSON object instead of tab-separated text.
  public var isJSON: Bool
  /// The number of tokens to write, those with the largest shares first; if `nil`, all tokens are
  /// written in document order.
  public var tokenLimit: Int?
  /// Whether a record contains the gates at each token: as a member in JSON, as charts in text.
  public var hasGates: Bool

  /// Creates a format; by default, tab-separated text with all tokens.
  public init(isJSON: Bool = false, tokenLimit: Int? = nil, hasGates: Bool = false) {
    self.isJSON = isJSON
    self.tokenLimit = tokenLimit
    self.hasGates = hasGates
  }

  /// Returns the record of one document, including its line feed.
  ///
  /// Text: `label<TAB>probability`, then `token<TAB>share` for each token, or `error<TAB>reason`.
  public func record(
    _ document: IncomingDocument, _ result: Result<Explanation, DocumentError>, labels: LabelSet
  ) -> String {
    switch result {
    case .success(let explanation):
      isJSON ? json(document, explanation, labels) : text(explanation, labels)
    case .failure(let error):
      RecordFormat(isJSON: isJSON).record(document, .failure(error), labels: labels)
    }
  }

  /// Returns the record of one document with the tokens marked in its text, including a line feed:
  /// `label<TAB>probability<TAB>text`, or `error<TAB>reason`.
  package func heatMap(
    _ document: IncomingDocument, _ result: Result<Explanation, DocumentError>, labels: LabelSet,
    hasColours: Bool
  ) -> String {
    guard case .success(let explanation) = result, case .success(let bytes) = document.text else {
      return record(document, result, labels: labels)
    }
    let fields = [
      QuotedText.field("\(labels[explanation.label])"),
      "\(explanation.prediction.probabilities[explanation.label])",
      explanation.heatMap(of: bytes).line(hasColours: hasColours),
    ]
    let charts = hasGates ? GateChart.text(of: explanation) : ""
    return fields.joined(separator: "\t") + "\n" + charts
  }

  private func tokens(_ explanation: Explanation) -> [Int] {
    tokenLimit.map(explanation.strongest) ?? Array(explanation.tokens.ranges.indices)
  }

  private func text(_ explanation: Explanation, _ labels: LabelSet) -> String {
    let probability = explanation.prediction.probabilities[explanation.label]
    var fields = [QuotedText.field("\(labels[explanation.label])"), "\(probability)"]
    for token in tokens(explanation) {
      fields.append(QuotedText.field(explanation.tokens.string(token)))
      fields.append(NumberFormat.signedDecimal(explanation.shares.values[token], 4))
    }
    let charts = hasGates ? GateChart.text(of: explanation) : ""
    return fields.joined(separator: "\t") + "\n" + charts
  }

  private func json(
    _ document: IncomingDocument, _ explanation: Explanation, _ labels: LabelSet
  ) -> String {
    let (prediction, shares) = (explanation.prediction, explanation.shares)
    var members = document.idMembers
    members += [
      JSONMember("label", .string("\(labels[explanation.label])")),
      JSONMember("probability", .decimal(prediction.probabilities[explanation.label])),
      JSONMember("score", .decimal(explanation.score)),
      JSONMember("base", .decimal(explanation.base)),
      JSONMember("method", .string(shares.method.rawValue)),
    ]
    if let integral = shares.integral {
      members += [
        JSONMember("neutral", .decimal(integral.neutralScore)),
        JSONMember("points", .integer(integral.points)),
        JSONMember("unresolved", .decimal(integral.unresolved)),
        JSONMember("gap", .decimal(integral.gap)),
      ]
    }
    if let removal = explanation.removal {
      members.append(JSONMember("agreement", .decimal(shares.rankCorrelation(with: removal))))
    }
    members.append(
      JSONMember("tokens", .array(tokens(explanation).map { json(ofToken: $0, explanation) })))
    if hasGates {
      members.append(JSONMember("gates", .array(explanation.gates.map(Self.json))))
    }
    members.append(
      JSONMember("warnings", .array(prediction.warnings.map { .string("\($0)") })))
    return JSONValue.object(members + document.fieldMembers).text() + "\n"
  }

  private func json(ofToken token: Int, _ explanation: Explanation) -> JSONValue {
    let range = explanation.tokens.sourceRange(token)
    var members = [
      JSONMember("token", .string(explanation.tokens.string(token))),
      JSONMember("bytes", .array([.integer(range.lowerBound), .integer(range.upperBound)])),
      JSONMember("share", .decimal(explanation.shares.values[token])),
    ]
    if let removal = explanation.removal {
      members.append(JSONMember("removal", .decimal(removal.values[token])))
    }
    return .object(members)
  }
}

extension Explanation {
  /// Returns the text of the document, given its bytes, with the shares of its tokens.
  package func heatMap(of document: [UInt8]) -> HeatMap {
    HeatMap(
      document, tokens: tokens.ranges.indices.map(tokens.sourceRange), shares: shares.values)
  }
}

// MARK: Gates

extension ExplanationFormat {
  private static func json(_ trace: GateTrace) -> JSONValue {
    var members = [
      JSONMember("layer", .integer(trace.layer)),
      JSONMember("direction", .string(trace.isReversed ? "backward" : "forward")),
      JSONMember("truncate", .integer(trace.truncate)),
      JSONMember("means", json(trace.means)),
      JSONMember("influence", json(trace.influence)),
    ]
    if let maxima = trace.maxima {
      let tokens = maxima.map { maximum in
        JSONValue.object([
          JSONMember("token", .integer(maximum.token)),
          JSONMember("units", .integer(maximum.units)),
          JSONMember("effect", .decimal(maximum.effect)),
        ])
      }
      members.append(JSONMember("maxima", .array(tokens)))
    }
    let units = trace.units.map { unit in
      var members = [
        JSONMember("unit", .integer(unit.number)), JSONMember("effect", .decimal(unit.effect)),
      ]
      if let token = unit.token { members.append(JSONMember("token", .integer(token))) }
      members.append(JSONMember("values", json(unit.curves)))
      return JSONValue.object(members)
    }
    return .object(members + [JSONMember("units", .array(units))])
  }

  private static func json(_ curves: [GateTrace.Curve]) -> JSONValue {
    .object(curves.map { JSONMember($0.name, json($0.values)) })
  }

  /// Returns the numbers rounded to single precision, because a trace has thousands of them.
  /// Numbers too small for single precision are not rounded.
  private static func json(_ values: [Double]) -> JSONValue {
    .array(values.map { $0.magnitude < 1e-30 ? .decimal($0) : .decimal(Float($0)) })
  }
}
