import ArgumentParser
import Docket
import FileAccess
import Messages
import Models
import Platform

/// The loop of `classify`, `explain` and `tokenize`: reads documents and writes one record for
/// each, in the same order.
struct DocumentStream {
  /// The source of the documents and the destination of the records.
  var options: DocumentOptions
  /// The members to read from each document, for `jsonl`.
  var members = DocumentMembers()
  /// The maximum length of a document, in bytes. A longer document results in an error.
  var documentBytes: Int
  /// The maximum number of documents per batch. A batch is smaller if fewer documents are waiting.
  var batchSize: Int
  /// The phase to display.
  var phase = PhaseRecord.Phase.classifying
  /// The value of `--id-field`, if it was given.
  var idField: String?
  /// The display of progress and of unusable documents.
  var display: ProgressDisplay

  /// Statistics about the documents that were read.
  struct Counts {
    /// The number of documents.
    var documents = 0
    /// The number of documents that could not be used, by the code of the error.
    var errors: [String: Int] = [:]
    /// The number of documents with a warning, by its code.
    var warnings: [String: Int] = [:]
    /// The number of documents whose label is `unknown` because no label is sure enough.
    var rejected = 0
    /// The members named by `--copy` that at least one document had.
    var copied: Set<String> = []
    /// The number of documents without the member with the text, and the members of the first such
    /// document.
    var withoutText = (count: 0, members: [String]())
    /// The number of documents of which only the beginning is in the input.
    var cut = 0
    /// Whether any document had an id, even one that is not a string or number.
    var hasIDs = false

    /// The number of documents that could not be used.
    var failed: Int { errors.values.reduce(0, +) }

    mutating func add(_ batch: [IncomingDocument], _ answers: [Answer], id: String) {
      documents += batch.count
      cut += batch.count(where: \.isCut)
      hasIDs = hasIDs || batch.contains { $0.line == nil || $0.hasUnusableMember(id) }
      for answer in answers {
        for warning in answer.warnings { warnings[warning.code, default: 0] += 1 }
        if answer.isRejected { rejected += 1 }
        guard let error = answer.error else { continue }
        errors[error.code, default: 0] += 1
        if case .missingText(_, let found) = error.fact {
          if withoutText.count == 0 { withoutText.members = found }
          withoutText.count += 1
        }
      }
      for document in batch { copied.formUnion(document.fields.map(\.key)) }
    }

    /// A sentence about the documents that could not be used.
    var summary: String {
      let kinds = errors.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .map { "\(NumberFormat.integer($0.value)) \($0.key)" }
      return
        "\(NumberFormat.integer(failed)) of \(NumberFormat.integer(documents)) documents could "
        + "not be used: \(kinds.joined(separator: ", "))"
    }
  }

  /// The record of a document, and what the summary counts.
  struct Answer: Sendable {
    /// The record; may be empty.
    var record: [UInt8] = []
    /// The error, if the document is unusable.
    var error: DocumentError?
    /// The warnings about the document.
    var warnings: [DocumentWarning] = []
    /// Whether the label is `unknown` because no label is sure enough.
    var isRejected = false
  }

  /// Reads all documents and writes their records. The records of a batch are written before the
  /// next batch is read, so the record of a single document is written immediately. An output file
  /// appears when it is complete.
  ///
  /// - Parameters:
  ///   - answer: returns a record for each document of a batch, in order.
  ///   - atEnd: returns what to write after the last document.
  func run(
    _ answer: ([IncomingDocument]) throws -> [Answer], atEnd: () -> [UInt8] = { [] }
  ) throws -> Counts {
    guard options.output != "-" else {
      let output = CheckedOutput.standardOutput()
      let counts = try read(answer) { records in
        for record in records { try output.write(record.record) }
        try output.flush()
      }
      try output.write(atEnd())
      try output.flush()
      return counts
    }
    let output = try AtomicFile(path: options.output)
    let counts: Counts
    do {
      counts = try read(answer) { records in
        guard !Interruption.isRequested else { throw TrainingError.interrupted }
        for record in records { try output.write(record.record) }
      }
    } catch {
      output.abandon()
      throw error
    }
    try output.write(atEnd())
    try output.commit()
    display.note("wrote \(options.output)")
    return counts
  }

  /// Reads the input and passes the records to `write`.
  private func read(
    _ answer: ([IncomingDocument]) throws -> [Answer], write: ([Answer]) throws -> Void
  ) throws -> Counts {
    guard options.input == "-" else {
      let file = try InputFile(path: options.input, hashes: false)
      let isCompressed = options.input.hasSuffix(".gz")
      return try read(file, size: isCompressed ? nil : file.size, answer, write: write)
    }
    return try read(
      StreamedInput(STDIN_FILENO, name: "standard input"), size: nil, answer, write: write)
  }

  /// Reads a source and passes the records to `write`.
  ///
  /// - Parameter size: the number of bytes in the source, if known.
  private func read(
    _ source: some ByteSource, size: Int?, _ answer: ([IncomingDocument]) throws -> [Answer],
    write: ([Answer]) throws -> Void
  ) throws -> Counts {
    defer { display.close() }
    var reader = DocumentReader(
      source, name: source.name, format: options.format, members: members, limit: documentBytes)
    // Records and the progress line would overwrite each other on the same terminal.
    let showsProgress =
      (options.output != "-" || isatty(STDOUT_FILENO) == 0)
      && (options.input != "-" || isatty(STDIN_FILENO) == 0)
    var counts = Counts()
    let skipped = try reader.skip(options.skip)
    if skipped < options.skip {
      display.note(
        "--skip \(options.skip): \(source.name) has only "
          + NumberFormat.count(skipped, "document", "documents"))
    }
    while case let batch = try reader.nextBatch(most: batchSize), !batch.isEmpty {
      if counts.documents == 0 { noteFormat(batch) }
      let answers = try answer(batch)
      counts.add(batch, answers, id: members.id)
      try write(answers)
      if showsProgress {
        let share = size.map { min(1, Double(reader.offset) / Double(max($0, 1))) }
        display.show(.phase(PhaseRecord(phase, share: share, documents: counts.documents)))
      }
    }
    noteMissingMembers(counts)
    if counts.cut > 0 {
      let documents = NumberFormat.count(counts.cut, "document has", "documents have")
      display.note(
        "warning: \(documents) \"cut\": true, so only the beginning of the text was read; to "
          + "keep whole texts in a report, set report: {texts: whole}")
    }
    if counts.documents == 0, options.skip == 0 {
      display.note("no documents: \(source.name) is empty")
    }
    return counts
  }

  /// Warns about members that were named in options but that no document has.
  private func noteMissingMembers(_ counts: Counts) {
    guard counts.documents > 0 else { return }
    var missing = members.copied.filter { !counts.copied.contains($0) }.map { ($0, "--copy") }
    if let idField, !counts.hasIDs { missing.insert((idField, "--id-field"), at: 0) }
    for (name, option) in missing {
      let isPath = name.utf8.contains(UInt8(ascii: "."))
      let isList = option == "--copy" && name.utf8.contains(UInt8(ascii: ","))
      display.note(
        "warning: no document has the member \(QuotedText.quote(name)) named in \(option)"
          + (isPath ? "; nested members are not supported" : "")
          + (isList ? "; for several members, repeat --copy" : ""))
    }
    // If any document could be used, the name of the member is correct.
    guard !counts.withoutText.members.isEmpty, counts.failed == counts.documents else { return }
    // The member with the text most likely has the default name.
    let advice =
      counts.withoutText.members.contains { $0.utf8.elementsEqual("text".utf8) }
      ? "to read the member \"text\" instead, use --text-field text"
      : "use --text-field NAME to specify the member with the text"
    let documents = NumberFormat.count(counts.withoutText.count, "document has", "documents have")
    display.note(
      "warning: \(documents) no member \(QuotedText.quote(members.text)); \(advice)")
  }

  /// Runs the loop, with a hint for users who type documents and a summary at the end.
  ///
  /// - Throws: `ExitCode(1)` if a document was unusable.
  func runWithSummary(
    _ answer: ([IncomingDocument]) throws -> [Answer], atEnd: () -> [UInt8] = { [] }
  ) throws {
    if options.input == "-", isatty(STDIN_FILENO) == 1 {
      display.note("reading documents from standard input, one per line; end with ^D")
    }
    let clock = ContinuousClock()
    let began = clock.now
    let counts = try run(answer, atEnd: atEnd)
    display.show(
      DocumentSummary(
        documents: counts.documents, errors: counts.errors, warnings: counts.warnings,
        rejected: counts.rejected,
        seconds: (clock.now - began).inSeconds))
    if counts.failed > 0 {
      display.reason(counts.summary, code: "unusable-documents")
      throw ExitCode(1)
    }
  }

  /// Warns if the documents do not look like lines of text.
  private func noteFormat(_ batch: [IncomingDocument]) {
    guard options.givenFormat == nil else { return }
    if CommandInput.isJSONObject((try? batch[0].text.get()) ?? []) {
      display.note("warning: the documents look like JSON objects; use --format jsonl to read them")
    } else if options.input != "-", CommandInput.looksLikeTable(options.input) {
      display.note(
        "warning: every line of \(options.input) is read as one document, including all its "
          + "columns; provide only the texts, one per line, or use JSON lines with --format jsonl")
    }
  }
}

extension IncomingDocument {
  /// Returns whether the member `name` has a value of the wrong type.
  fileprivate func hasUnusableMember(_ name: String) -> Bool {
    guard case .failure(let error) = text, case .wrongMember(let found, _, _) = error.fact else {
      return false
    }
    return found.utf8.elementsEqual(name.utf8)
  }
}

extension Result where Failure == DocumentError {
  /// The error; `nil` for a success.
  var error: DocumentError? {
    if case .failure(let error) = self { error } else { nil }
  }
}
