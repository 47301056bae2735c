import ArgumentParser
import Docket
import FileAccess
import Models
import Platform

/// The loop of `classify`, `explain` and `tokenize`: reads documents and writes one record for each,
/// in the same order.
struct DocumentStream {
  /// Where the documents come from and where the records go.
  var options: DocumentOptions
  /// The members of a document, with `jsonl`.
  var members = DocumentMembers()
  /// The maximum length of a document, in bytes. A longer document gets an error.
  var documentBytes: Int
  /// The maximum number of documents per batch. A batch is smaller if fewer documents are waiting.
  var batchSize: Int
  /// What is done with the documents, for the display.
  var phase = PhaseRecord.Phase.classifying
  /// The display of progress and of unusable documents.
  var display: ProgressDisplay

  /// The record of a document, and the error if the document was unusable.
  typealias Answer = (record: [UInt8], error: DocumentError?)

  /// Reads all documents and writes their records. The records of a batch are written before the
  /// next batch is read, so a single document is answered immediately; an output file appears when
  /// it is complete.
  ///
  /// - Parameters:
  ///   - answer: returns an answer for each document of a batch, in order.
  ///   - atEnd: returns what to write after the last document.
  /// - Returns: the number of documents, and the number of unusable ones.
  func run(
    _ answer: ([IncomingDocument]) throws -> [Answer], atEnd: () -> [UInt8] = { [] }
  ) throws -> (documents: Int, failed: Int) {
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
    let counts = try read(answer) { records in
      for record in records { try output.write(record.record) }
    }
    try output.write(atEnd())
    try output.commit()
    display.note("wrote \(options.output)")
    return counts
  }

  /// Reads the input and passes the answers to `write`.
  private func read(
    _ answer: ([IncomingDocument]) throws -> [Answer], write: ([Answer]) throws -> Void
  ) throws -> (documents: Int, failed: Int) {
    guard options.input == "-" else {
      return try read(InputFile(path: options.input, hashes: false), answer, write: write)
    }
    try OutputFiles.checkStandardInput()
    return try read(
      InputDescriptor(STDIN_FILENO, name: "standard input"), answer, write: write)
  }

  /// Reads a source and passes the answers to `write`.
  private func read(
    _ source: some ByteSource, _ answer: ([IncomingDocument]) throws -> [Answer],
    write: ([Answer]) throws -> Void
  ) throws -> (documents: Int, failed: Int) {
    defer { display.close() }
    var reader = DocumentReader(
      source, name: source.name, format: options.format, members: members, limit: documentBytes)
    // Records and a moving line would overwrite each other on one terminal.
    let showsProgress =
      (options.output != "-" || isatty(STDOUT_FILENO) == 0)
      && (options.input != "-" || isatty(STDIN_FILENO) == 0)
    var (documents, failed) = (0, 0)
    while case let batch = try reader.nextBatch(most: batchSize), !batch.isEmpty {
      let answers = try answer(batch)
      failed += answers.count { $0.error != nil }
      try write(answers)
      documents += batch.count
      if showsProgress {
        display.show(.phase(PhaseRecord(phase, documents: documents)))
      }
    }
    return (documents, failed)
  }

  /// Runs the loop, with a hint for users who type documents, and with a summary of unusable
  /// documents.
  ///
  /// - Throws: `ExitCode(1)` if a document was unusable.
  func runWithSummary(
    _ answer: ([IncomingDocument]) throws -> [Answer], atEnd: () -> [UInt8] = { [] }
  ) throws {
    if options.input == "-", isatty(STDIN_FILENO) == 1 {
      display.note("reading documents from standard input, one per line; end with ^D")
    }
    let (documents, failed) = try run(answer, atEnd: atEnd)
    if failed > 0 {
      display.note("\(failed) of \(documents) documents could not be used")
      throw ExitCode(1)
    }
  }
}

extension Result where Failure == DocumentError {
  /// The error; `nil` for a success.
  var error: DocumentError? {
    if case .failure(let error) = self { error } else { nil }
  }
}
