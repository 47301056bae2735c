import ArgumentParser
import FileAccess
import Models
import Platform

/// The loop of `classify`, `explain` and `tokenize`: documents from standard input, a record for each
/// on standard output, in the same order.
struct DocumentStream {
  /// The format of the documents.
  var format: DocumentFormat
  /// The most bytes of a document; a longer one is an error of that document.
  var documentBytes: Int
  /// The most documents that are processed together. Fewer are processed when no more are waiting.
  var batchSize: Int
  /// Where to report documents that could not be used.
  var display: ProgressDisplay

  /// The record of a document, and why the document could not be used if it could not.
  typealias Answer = (record: [UInt8], error: DocumentError?)

  /// Reads all documents and writes their records. Each batch is written before the next one is read,
  /// so that a document that arrives alone is answered at once.
  ///
  /// - Parameter answer: returns an answer for each document of a batch, in order.
  /// - Returns: the number of documents, and of those that could not be used.
  func run(
    _ answer: ([IncomingDocument]) throws -> [Answer]
  ) throws -> (documents: Int, failed: Int) {
    try OutputFiles.checkStandardInput()
    let output = CheckedOutput.standardOutput()
    var reader = DocumentReader(
      InputDescriptor(STDIN_FILENO, name: "standard input"), name: "standard input",
      format: format, limit: documentBytes)
    var (documents, failed) = (0, 0)
    while case let batch = try reader.nextBatch(most: batchSize), !batch.isEmpty {
      for (record, error) in try answer(batch) {
        if error != nil { failed += 1 }
        try output.write(record)
      }
      documents += batch.count
      try output.flush()
    }
    return (documents, failed)
  }

  /// The same, with a hint for a person who types documents, a summary of the documents that could
  /// not be used, and the exit code 1 if there were any.
  func runWithSummary(_ answer: ([IncomingDocument]) throws -> [Answer]) throws {
    if isatty(STDIN_FILENO) == 1 {
      display.note("reading documents from standard input, one per line; end with ^D")
    }
    let (documents, failed) = try run(answer)
    if failed > 0 {
      display.note("\(failed) of \(documents) documents could not be used")
      throw ExitCode(1)
    }
  }
}

extension Result where Failure == DocumentError {
  /// Why there is no result; `nil` if there is one.
  var error: DocumentError? {
    if case .failure(let error) = self { error } else { nil }
  }
}
