import ArgumentParser
import FileAccess
import Models
import Platform

/// The loop of `classify`, `explain` and `tokenize`: reads documents from standard input and writes
/// one record per document to standard output, in the same order.
struct DocumentStream {
  /// The format of the documents.
  var format: DocumentFormat
  /// The maximum length of a document, in bytes. A longer document gets an error.
  var documentBytes: Int
  /// The maximum number of documents per batch. A batch is smaller if fewer documents are waiting.
  var batchSize: Int
  /// The display that reports unusable documents.
  var display: ProgressDisplay

  /// The record of a document, and the error if the document was unusable.
  typealias Answer = (record: [UInt8], error: DocumentError?)

  /// Reads all documents and writes their records. The records of a batch are written before the
  /// next batch is read, so a single document is answered immediately.
  ///
  /// - Parameter answer: returns an answer for each document of a batch, in order.
  /// - Returns: the number of documents, and the number of unusable ones.
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

  /// Runs the loop, with a hint for users who type documents, and with a summary of unusable
  /// documents.
  ///
  /// - Throws: `ExitCode(1)` if a document was unusable.
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
  /// The error; `nil` for a success.
  var error: DocumentError? {
    if case .failure(let error) = self { error } else { nil }
  }
}
