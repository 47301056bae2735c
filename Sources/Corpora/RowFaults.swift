import Messages
public import PipelineCore

/// What is wrong with the rows of a corpus: how many rows, and the first of them one by one.
public struct RowFaults: Sendable {
  /// So many are listed.
  public let limit: Int
  /// How many rows cannot be used.
  public private(set) var count = 0
  /// The first of them, in the order of the files.
  public private(set) var listed: [any DiagnosableError] = []

  package init(limit: Int = 100) { self.limit = limit }

  /// A line for each of `listed`, and one for those beyond.
  package var list: String {
    var lines = listed.map { "\($0)\n" }
    if count > listed.count {
      lines.append("... and \(NumberFormat.count(count - listed.count, "more row", "more rows"))\n")
    }
    return lines.joined()
  }

  /// The first of all.
  var first: (any DiagnosableError)? { listed.first }

  /// Counts a row.
  package mutating func note(_ fault: any DiagnosableError) {
    count += 1
    if listed.count < limit { listed.append(fault) }
  }

  /// Counts what was found later, behind what was found before.
  package mutating func add(_ other: RowFaults) {
    count += other.count
    listed += other.listed.prefix(max(limit - listed.count, 0))
  }
}
