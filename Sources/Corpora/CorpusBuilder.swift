import FileAccess
import PipelineCore

/// Collects the documents of all formats, checks their labels, and gathers errors and warnings.
struct CorpusBuilder {
  private(set) var documents: [CorpusDocument] = []
  private let options: CorpusOptions
  /// One value per distinct label, so that documents share the bytes.
  private var labels: [Label: Label] = [:]
  private var skipped = CorpusWarning(.skippedFile)
  private var emptyFolders = CorpusWarning(.emptyFolder)
  /// The warnings about how files were read.
  private var readingWarnings: [CorpusWarning] = []
  /// The errors of skipped rows.
  private(set) var faults: RowFaults

  init(options: CorpusOptions) {
    self.options = options
    faults = RowFaults(limit: options.faultLimit)
  }

  /// Calls `add` with each row of a file.
  mutating func addRows(
    of lines: inout CorpusLines,
    _ add: (CorpusLines.Line, CorpusLines, inout CorpusBuilder) throws -> Void
  ) throws {
    while true {
      do {
        guard let line = try lines.nextRow() else { return }
        try add(line, lines, &self)
      } catch {
        try skipRow(after: error)
      }
    }
  }

  /// Adds a document.
  ///
  /// - Parameters:
  ///   - bytes: the label; valid UTF-8.
  ///   - text: valid UTF-8.
  mutating func add(
    label bytes: ArraySlice<UInt8>, text: [UInt8], at position: InputPosition, id: String? = nil
  ) throws {
    let label = try checked(Label(bytes: Array(bytes)), at: position)
    if let limit = options.documentBytes, text.count > limit {
      throw CorpusError(.documentTooLong(limit: limit), at: position)
    }
    guard !text.contains(0) else { throw CorpusError(.nulByte, at: position) }
    documents.append(CorpusDocument(text: text, label: label, position: position, id: id))
  }

  /// Records the error of a row, or rethrows it if errors are not collected.
  mutating func skipRow(after error: any Error) throws {
    guard options.collectsFaults, !(error is FileError), let fault = error as? any DiagnosableError
    else { throw error }
    faults.note(fault)
  }

  /// Adds a warning about how a file was read.
  mutating func note(_ warning: CorpusWarning) { readingWarnings.append(warning) }

  /// Counts a label folder without documents.
  mutating func noteEmptyFolder(_ position: InputPosition) { emptyFolders.note(position) }

  /// Counts a file that is not a document.
  mutating func skipFile(_ position: InputPosition) { skipped.note(position) }

  private mutating func checked(_ label: Label, at position: InputPosition) throws -> Label {
    if let known = labels[label] { return known }
    guard !label.bytes.isEmpty else { throw CorpusError(.emptyLabel, at: position) }
    guard label.bytes.count <= options.labelLimit else {
      let fact = CorpusFact.labelTooLong(byteCount: label.bytes.count, limit: options.labelLimit)
      throw CorpusError(fact, at: position)
    }
    // Labels are printed in lines and columns, which a newline or tab would break.
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

  /// Checks the corpus as a whole and returns its warnings.
  func finish(file: String) throws -> [CorpusWarning] {
    if options.purpose == .training, labels.count == 1, let label = documents.first?.label {
      // The other label may be in a skipped row.
      throw faults.first ?? CorpusError(.oneLabel(label), at: .file(file))
    }
    var bad = CorpusWarning(.badRow)
    for fault in faults.listed { bad.note(fault.position) }
    bad.add(faults.count - faults.listed.count)
    let warnings =
      readingWarnings + CorpusWarning.all(about: documents) + [skipped, emptyFolders, bad]
    return warnings.filter { $0.count > 0 }
  }
}
