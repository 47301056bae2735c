import Docket
import Foundation
import HTTPTypes

/// The labelled documents in the body of a request to `/evaluate`, in any format that
/// `docket evaluate` reads except a folder.
struct LabelledDocuments {
  /// The format; `nil` to detect it.
  private let format: CorpusFormat?
  private let options: RequestOptions

  /// Determines the format from the headers of a request.
  ///
  /// - Throws: `RequestError` for an unknown type or character set, or a compressed body.
  init(_ headers: HTTPFields, _ options: RequestOptions) throws(RequestError) {
    self.options = options
    let type = try headers.mediaType
    switch type {
    case "text/csv": format = .csv
    case "text/tab-separated-values": format = .tsv
    case "text/plain": format = nil
    case _ where type == "application/json" || ContentKind.isJSONLines(type): format = .jsonl
    default:
      throw RequestError(
        .contentType(
          headers[.contentType],
          expected: [
            "text/csv", "text/tab-separated-values", "application/x-ndjson", "application/json",
            "text/plain",
          ]))
    }
  }

  /// Reads the documents.
  ///
  /// - Parameters:
  ///   - body: the body of the request.
  ///   - pipeline: the model, whose corpus settings apply unless the query overrides them.
  ///   - limit: the maximum number of documents.
  /// - Throws: `RequestError` for documents that cannot be read, with the line.
  func corpus(
    in body: [UInt8], for pipeline: TrainedPipeline, limit: Int
  ) throws(RequestError) -> Corpus {
    guard !body.isEmpty else { throw RequestError(.emptyBody) }
    // A compressed body could be much longer than the limit.
    guard !body.starts(with: [0x1F, 0x8B]) else { throw RequestError(.contentEncoding("gzip")) }
    var settings = try options.evaluationOptions(pipeline.description.corpus)
    settings.documentLimit = limit
    // All formats are read from files.
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("docket-serve-body-\(UUID().uuidString)").path
    defer { unlink(file) }
    try Self.write(body, to: file)
    do {
      return try Corpus.read([file], format: format, options: settings).named("body")
    } catch let error as CorpusError {
      if case .tooManyDocuments(let limit) = error.fact {
        throw RequestError(.tooManyDocuments(limit: limit))
      }
      throw RequestError(.badDocuments(error))
    } catch let error as any DiagnosableError {
      throw RequestError(.badDocuments(error))
    } catch {
      throw RequestError(.noTemporaryFile)
    }
  }

  /// Writes a new file that only this user can read.
  private static func write(_ bytes: [UInt8], to path: String) throws(RequestError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw RequestError(.noTemporaryFile) }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      try handle.write(contentsOf: Data(bytes))
      try handle.close()
    } catch {
      throw RequestError(.noTemporaryFile)
    }
  }
}
