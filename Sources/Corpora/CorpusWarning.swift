import FileAccess
import Messages
public import PipelineCore

/// Something about a corpus that is allowed but worth a look: how often, and where first.
public struct CorpusWarning: Sendable, Equatable, CustomStringConvertible {
  /// What was noticed.
  public enum Kind: String, Sendable, CaseIterable {
    /// Documents without text; they are kept.
    case emptyText = "empty-text"
    /// Documents with text and label of an earlier one.
    case duplicate = "duplicate"
    /// Documents with the text of an earlier one and another label.
    case conflictingLabels = "conflicting-labels"
    /// Labels that a single document has.
    case singleDocument = "single-document"
    /// Labels that differ only by case or outer space.
    case similarLabels = "similar-labels"
    /// Files in a folder that are no documents.
    case skippedFile = "skipped-file"
    /// Rows that cannot be used.
    case badRow = "bad-row"
  }

  /// So many places and labels are kept.
  public static let placeLimit = 20

  /// What was noticed.
  public let kind: Kind
  /// How often.
  public private(set) var count = 0
  /// Where, the first `placeLimit` times.
  public private(set) var positions: [InputPosition] = []
  /// The labels it is about, each once, the first `placeLimit` of them.
  public private(set) var labels: [Label] = []

  init(_ kind: Kind) { self.kind = kind }

  /// Counts it once more.
  package mutating func note(_ position: InputPosition?, labels: [Label] = []) {
    count += 1
    if let position, positions.count < Self.placeLimit { positions.append(position) }
    for label in labels where self.labels.count < Self.placeLimit && !self.labels.contains(label) {
      self.labels.append(label)
    }
  }

  /// Counts it `more` times whose places are not known.
  package mutating func add(_ more: Int) { count += more }

  /// What was noticed and how often, without the places.
  public var sentence: String {
    let names = labels.map { QuotedText.quote($0.bytes) }.joined(separator: ", ")
    return switch kind {
    case .emptyText: "\(documents) without text; kept"
    case .duplicate: "\(documents) with text and label of an earlier one; kept"
    case .conflictingLabels:
      "\(documents) with the text of an earlier one and another label (\(names)); kept"
    case .singleDocument:
      "\(NumberFormat.count(count, "label", "labels")) with a single document: \(names)"
    case .similarLabels:
      "labels that differ only by case or outer space and count as different: \(names)"
    case .skippedFile:
      "\(NumberFormat.count(count, "file", "files")) beside the documents; not read"
    case .badRow: "\(NumberFormat.count(count, "row", "rows")) that cannot be used; skipped"
    }
  }

  private var documents: String { NumberFormat.count(count, "document", "documents") }

  /// `place: warning: sentence [code]`, with the further places behind it.
  public var description: String {
    let place = positions.first.map { "\($0): " } ?? ""
    let rest = positions.dropFirst().map(\.description)
    let more = count > positions.count ? ["..."] : []
    let also = rest.isEmpty ? "" : "; also " + (rest + more).joined(separator: ", ")
    return "\(place)warning: \(sentence)\(also) [\(kind.rawValue)]"
  }
}
