import FileAccess
import PipelineCore

/// Collects documents from all formats, checks their labels, and gathers errors and warnings.
struct CorpusBuilder {
  private var documents = CompactDocuments()
  private let options: CorpusOptions
  /// The distinct labels, in the order of their first documents, and their indices.
  private var labels: [Label] = []
  private var labelIndices: [Label: Int] = [:]
  /// The label index of the last document; the next document often has the same label.
  private var lastLabel: Int?
  private var skipped = CorpusWarning(.skippedFile)
  private var cut = CorpusWarning(.cutText)
  private var emptyFolders = CorpusWarning(.emptyFolder)
  /// The warnings about how files were read.
  private var readingWarnings: [CorpusWarning] = []
  /// Whether there was a document beyond `options.documentLimit`, which ends reading.
  private var exceedsLimit = false
  /// The errors of skipped rows.
  private(set) var faults: RowFaults

  init(options: CorpusOptions) {
    self.options = options
    faults = RowFaults(limit: options.faultLimit)
  }

  /// The number of documents so far.
  var documentCount: Int { documents.count }

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
  ///   - nul: the error for a text that contains a zero byte.
  mutating func add(
    label bytes: ArraySlice<UInt8>, text: ArraySlice<UInt8>, at position: InputPosition,
    id: String? = nil, nul: CorpusFact = .nulByte
  ) throws {
    guard let label = try labelIndex(bytes, at: position) else { return }
    if let limit = options.documentBytes, text.count > limit {
      return try refuse(.documentTooLong(limit: limit), at: position)
    }
    guard !text.contains(0) else { return try refuse(nul, at: position) }
    if let limit = options.documentLimit, documents.count >= limit {
      exceedsLimit = true
      throw CorpusError(.tooManyDocuments(limit: limit), at: position)
    }
    documents.add(label: label, text: text, at: position, id: id)
  }

  /// Records an error in a row, or throws it if errors are not collected.
  ///
  /// Once the list of errors is full, `fact` and `position` are not evaluated: a file may consist
  /// of millions of unusable rows.
  mutating func refuse(
    _ fact: @autoclosure () -> CorpusFact, at position: @autoclosure () -> InputPosition
  ) throws {
    guard options.collectsFaults else { throw CorpusError(fact(), at: position()) }
    guard !faults.isFull else { return faults.countUnlisted() }
    faults.note(CorpusError(fact(), at: position()))
  }

  /// Records the error in a row, or rethrows it if errors are not collected.
  mutating func skipRow(after error: any Error) throws {
    guard options.collectsFaults, !exceedsLimit else { throw error }
    // Comparing types is much faster than casting.
    let type = type(of: error)
    if faults.isFull, type == CorpusError.self || type == JSONError.self {
      return faults.countUnlisted()
    }
    guard !(error is FileError), let fault = error as? any DiagnosableError else { throw error }
    faults.note(fault)
  }

  /// Adds a warning about how a file was read.
  mutating func note(_ warning: CorpusWarning) { readingWarnings.append(warning) }

  /// Counts a document that the file contains only the beginning of.
  mutating func noteCut(_ position: InputPosition) { cut.note(position) }

  /// Counts a label folder without documents.
  mutating func noteEmptyFolder(_ position: InputPosition) { emptyFolders.note(position) }

  /// Counts a file that is not a document.
  mutating func skipFile(_ position: InputPosition) { skipped.note(position) }

  /// Returns the index of a label; `nil` if the label was refused.
  private mutating func labelIndex(
    _ bytes: ArraySlice<UInt8>, at position: InputPosition
  ) throws -> Int? {
    if let lastLabel, labels[lastLabel].bytes.elementsEqual(bytes) { return lastLabel }
    guard !bytes.isEmpty else {
      try refuse(.emptyLabel, at: position)
      return nil
    }
    let label = Label(bytes: Array(bytes))
    if let known = labelIndices[label] {
      lastLabel = known
      return known
    }
    if let fact = problem(with: label) {
      try refuse(fact, at: position)
      return nil
    }
    let index = labels.count
    labels.append(label)
    labelIndices[label] = index
    lastLabel = index
    return index
  }

  /// Returns what is wrong with a new label, or `nil` if it is valid.
  private func problem(with label: Label) -> CorpusFact? {
    guard label.bytes.count <= options.labelLimit else {
      return .labelTooLong(byteCount: label.bytes.count, limit: options.labelLimit)
    }
    // Labels are printed in lines and columns, which a newline or tab would break.
    guard label.bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      return .labelWithControl(label)
    }
    if let allowed = options.allowedLabels, allowed.number(of: label) == nil {
      return .unknownLabel(label, known: allowed)
    }
    guard labels.count < options.labelCountLimit else {
      return .tooManyLabels(limit: options.labelCountLimit)
    }
    return nil
  }

  /// Checks the corpus as a whole, and returns its documents and warnings.
  mutating func finish(
    file: String
  ) throws -> (documents: [CorpusDocument], warnings: [CorpusWarning]) {
    if options.purpose == .training, labels.count == 1 {
      // The other label may be in a skipped row.
      throw faults.first ?? CorpusError(.oneLabel(labels[0]), at: .file(file))
    }
    let documents = documents.take(labels: labels)
    var bad = CorpusWarning(.badRow)
    for fault in faults.listed { bad.note(fault.position) }
    bad.add(faults.count - faults.listed.count)
    let warnings =
      readingWarnings + CorpusWarning.all(about: documents) + [cut, skipped, emptyFolders, bad]
    return (documents, warnings.filter { $0.count > 0 })
  }
}
