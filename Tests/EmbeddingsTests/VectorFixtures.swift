import Embeddings
import FileAccess
import Glibc
import PipelineCore

/// A vector file for one test, deleted at its end.
final class VectorFile {
  let path: String
  private let folder: String

  init(_ bytes: [UInt8]) throws {
    var template = Array("/tmp/docket-vectors-XXXXXX".utf8CString)
    folder = mkdtemp(&template).map { String(cString: $0) } ?? "/nonexistent"
    path = folder + "/vectors"
    try AtomicFile.write(path: path, bytes)
  }

  convenience init(_ text: String) throws { try self.init(Array(text.utf8)) }

  /// Replaces the bytes of the file directly, not atomically, for speed.
  func overwrite(with bytes: [UInt8]) throws {
    let descriptor = open(path, O_WRONLY | O_TRUNC)
    defer { close(descriptor) }
    let output = CheckedOutput(descriptor, name: path)
    try output.write(bytes)
    try output.flush()
  }

  deinit {
    unlink(path)
    rmdir(folder)
  }

  /// Reads the whole file with these settings.
  ///
  /// - Returns: the rows, or the error as `code position` with `FILE` for the path.
  func read(
    _ format: VectorFileFormat = .auto, mismatch: HeaderMismatch = .error,
    nonFinite: NonFiniteNumbers = .error
  ) -> Outcome {
    outcome {
      try VectorFileReader(
        path: path, format: format, headerMismatch: mismatch, nonFinite: nonFinite)
    }
  }

  /// Reads the whole file with the reader that `open` returns.
  func outcome(_ open: () throws -> VectorFileReader) -> Outcome {
    do {
      var reader = try open()
      var outcome = Outcome(format: reader.format)
      var vector = [Float](repeating: 0, count: reader.dimensions)
      while let word = try reader.next(into: &vector) {
        outcome.words.append(String(decoding: word, as: UTF8.self))
        outcome.vectors.append(vector)
      }
      outcome.counts = reader.counts
      return outcome
    } catch let error as any DiagnosableError {
      let place = error.position.map { "\($0)" } ?? "nowhere"
      return Outcome(error: "\(error.code) FILE\(place.dropFirst(path.count))")
    } catch {
      return Outcome(error: "\(error)")
    }
  }
}

/// The rows and counts of a file, or its error.
struct Outcome: Equatable {
  var format: VectorFileFormat?
  var words: [String] = []
  var vectors: [[Float]] = []
  var counts = VectorFileReader.Counts()
  var error: String?
}

/// Encodes rows in the binary format.
enum BinaryVectors {
  static func bytes(
    _ header: String, _ rows: [(word: String, vector: [Float])], rowEnd: String = ""
  ) -> [UInt8] {
    var bytes = Array(header.utf8)
    for (word, vector) in rows {
      bytes += Array(word.utf8) + [0x20]
      bytes += vector.flatMap { littleEndian($0.bitPattern) }
      bytes += Array(rowEnd.utf8)
    }
    return bytes
  }

  static func littleEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
  }
}

/// The folder of `DOCKET_SHARED`, if it is set.
func sharedFolder() -> String? { getenv("DOCKET_SHARED").map { String(cString: $0) } }
