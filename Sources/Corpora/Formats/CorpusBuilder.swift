import FileAccess
import PipelineCore

/// Takes in documents from all formats, checks what all have in common, and notes what is odd.
struct CorpusBuilder {
  private(set) var documents: [CorpusDocument] = []
  private let options: CorpusOptions
  /// One label value for all documents that have it, so that they share its bytes.
  private var labels: [Label: Label] = [:]
  private var skipped = CorpusWarning(.skippedFile)
  /// What is wrong with rows that were passed over.
  private(set) var faults: RowFaults

  init(options: CorpusOptions) {
    self.options = options
    faults = RowFaults(limit: options.faultLimit)
  }

  /// Adds a document.
  ///
  /// - Parameters:
  ///   - label: valid UTF-8.
  ///   - text: valid UTF-8.
  package mutating func add(
    label bytes: ArraySlice<UInt8>, text: [UInt8], at position: InputPosition, id: String? = nil
  ) throws {
    let label = try checked(Label(bytes: Array(bytes)), at: position)
    documents.append(CorpusDocument(text: text, label: label, position: position, id: id))
  }

  /// Passes over a row with something wrong in it, if faults are to be collected; else throws it on.
  mutating func refuse(_ error: any Error) throws {
    guard options.collectsFaults, !(error is FileError), let fault = error as? any DiagnosableError
    else { throw error }
    faults.note(fault)
  }

  /// Notes a file that is no document.
  mutating func skip(_ position: InputPosition) { skipped.note(position) }

  private mutating func checked(_ label: Label, at position: InputPosition) throws -> Label {
    if let known = labels[label] { return known }
    guard !label.bytes.isEmpty else { throw CorpusError(.emptyLabel, at: position) }
    guard label.bytes.count <= options.labelLimit else {
      let fact = CorpusError.Fact.labelTooLong(
        byteCount: label.bytes.count, limit: options.labelLimit)
      throw CorpusError(fact, at: position)
    }
    // A label is printed in lines and columns: a line end or a tab in it would break them.
    guard label.bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      throw CorpusError(.labelWithControl(label), at: position)
    }
    if let allowed = options.allowedLabels, allowed.number(of: label) == nil {
      throw CorpusError(.unknownLabel(label, known: allowed), at: position)
    }
    guard labels.count < options.labelCountLimit else {
      throw CorpusError(.tooManyLabels(limit: options.labelCountLimit), at: position)
    }
    labels[label] = label
    return label
  }

  /// Checks the corpus as a whole; what is worth a look.
  func finish(file: String) throws -> [CorpusWarning] {
    if options.purpose == .training, labels.count == 1, let label = documents.first?.label {
      // Perhaps the other label stands in a row that was passed over.
      throw faults.first ?? CorpusError(.oneLabel(label), at: .file(file))
    }
    var bad = CorpusWarning(.badRow)
    for fault in faults.listed { bad.note(fault.position) }
    bad.add(faults.count - faults.listed.count)
    let warnings = CorpusInspection.warnings(about: documents) + [skipped, bad]
    return warnings.filter { $0.count > 0 }
  }
}
