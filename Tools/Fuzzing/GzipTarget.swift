import FileAccess
import PipelineCore
import TestSupport

/// Reads compressed files.
///
/// If the first byte is even, the rest is the file. If it is odd, the rest is text, which is stored
/// in two gzip members and must be read back unchanged.
enum GzipTarget {
  static func check(_ input: [UInt8]) throws -> String {
    guard let choice = input.first else { return "too short" }
    let bytes = Array(input.dropFirst())
    guard choice.isMultiple(of: 2) else {
      let half = bytes.count / 2
      let members = Gzip.stored(Array(bytes[..<half])) + Gzip.stored(Array(bytes[half...]))
      let path = FuzzedFile.put(members)
      try require(InputFile.readAll(path: path, limit: 1 << 20) == bytes, "other bytes were read")
      return "text"
    }
    let path = FuzzedFile.put(bytes)
    let whole = Result { try InputFile.readAll(path: path, limit: 1 << 20) }
    let small = Result { try pieces(of: path) }
    switch (whole, small) {
    case (.success(let whole), .success(let small)):
      try require(whole == small, "the size of the buffer matters")
      return bytes.starts(with: [0x1F, 0x8B]) ? "decompressed" : "not compressed"
    case (.failure(let whole as FileError), .failure(let small as FileError)):
      try requirePosition(whole.position, inside: bytes)
      // At the end of damaged data, either error can be detected first.
      let ends = ["gzip-damaged", "gzip-truncated"]
      try require(
        whole.position == small.position
          && (whole == small || ends.contains(whole.code) && ends.contains(small.code)),
        "with another buffer: \(whole), \(small)")
      throw whole
    default: throw BrokenPromise(description: "with another buffer: \(whole), \(small)")
    }
  }

  /// Reads a file seven bytes at a time.
  private static func pieces(of path: String) throws -> [UInt8] {
    let file = try InputFile(path: path, limit: 1 << 20)
    var bytes: [UInt8] = []
    while let chunk = try file.nextChunk(size: 7) { bytes += chunk }
    return bytes
  }
}
