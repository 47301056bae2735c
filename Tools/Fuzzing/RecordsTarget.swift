import Docket
import FileAccess
import Models
import PipelineCore

/// Reads documents from a stream and checks their records. The first byte of the input chooses the
/// format and the limit on documents; the rest is the stream.
enum RecordsTarget {
  static func check(_ input: [UInt8]) throws -> String {
    guard let choice = input.first else { return "too short" }
    let format = choice.isMultiple(of: 2) ? DocumentFormat.lines : .jsonl
    let limit = choice & 2 == 0 ? 1 << 16 : 16
    let stream = Array(input.dropFirst())
    let documents = try documents(stream, format, limit: limit, chunk: 1 << 16)
    try require(
      documents == self.documents(stream, format, limit: limit, chunk: 1 + Int(choice >> 2)),
      "the size of the chunks matters")
    let lines = stream.split(separator: 0x0A, omittingEmptySubsequences: false)
    let lineCount = lines.count - (lines.last?.isEmpty == true ? 1 : 0)
    try require(documents.count == lineCount, "\(documents.count) documents, \(lineCount) lines")
    for document in documents {
      try require(
        format == .jsonl || (try? document.text.get().count) ?? 0 <= limit,
        "a document is over the limit")
    }
    let model = SmallModels.all[0].pipeline
    let results = model.predict(documents, threads: 1)
    var failed = 0
    for (document, result) in zip(documents, results) {
      if case .failure(let error) = result {
        failed += 1
        try require(!error.sentence.isEmpty, "an error has no sentence")
      }
      try check(document, result, labels: model.labels)
    }
    return failed == 0 ? "answered" : failed == documents.count ? "errors" : "answers and errors"
  }

  private static func check(
    _ document: IncomingDocument, _ result: Result<Prediction, DocumentError>, labels: LabelSet
  ) throws {
    let text = RecordFormat(isJSON: false, top: 3).record(document, result, labels: labels)
    try require(text.utf8.count { $0 == 0x0A } == 1 && text.utf8.last == 0x0A, "not one line")
    let json = RecordFormat(isJSON: true, top: 3).record(document, result, labels: labels)
    try require(json.utf8.count { $0 == 0x0A } == 1 && json.utf8.last == 0x0A, "not one line")
    let value = try? JSONValue.parse(Array(json.utf8), file: "record")
    try require(value?["id"] == document.id, "the record is not JSON, or its id differs: \(json)")
    let isError = value?["error"] != nil
    try require(isError == ((try? result.get()) == nil), "an error record for a prediction")
  }

  private static func documents(
    _ bytes: [UInt8], _ format: DocumentFormat, limit: Int, chunk: Int
  ) throws -> [IncomingDocument] {
    var reader = DocumentReader(
      ChunkedBytes(bytes: bytes[...], chunk: chunk), name: "stream", format: format, limit: limit)
    var documents: [IncomingDocument] = []
    while case let batch = try reader.nextBatch(most: 3), !batch.isEmpty { documents += batch }
    return documents
  }
}

/// Bytes in memory that arrive a few at a time.
private struct ChunkedBytes: ByteSource {
  let name = "stream"
  var bytes: ArraySlice<UInt8>
  let chunk: Int

  mutating func next(into buffer: inout [UInt8]) throws -> Int {
    let part = bytes.prefix(min(chunk, buffer.count))
    buffer.replaceSubrange(..<part.count, with: part)
    bytes = bytes.dropFirst(part.count)
    return part.count
  }
}
