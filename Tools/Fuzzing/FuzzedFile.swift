import Embeddings
import Platform

/// A file in memory that holds one input at a time, for readers that open paths.
enum FuzzedFile {
  private static let path = "/dev/shm/docket-fuzz-\(getpid())"
  private static let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)

  /// Writes `bytes` to the file and returns its path.
  static func put(_ bytes: [UInt8]) -> String {
    ftruncate(descriptor, 0)
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { whole in
        pwrite(descriptor, whole.baseAddress.map { $0 + done }, bytes.count - done, off_t(done))
      }
      if count <= 0 { abort() }
      done += count
    }
    return path
  }

  /// Reads the vectors and returns a text that differs whenever the result does.
  static func vectors(_ path: String, bufferSize: Int, nonFinite: NonFiniteNumbers) -> String {
    do {
      var reader = try VectorFileReader(
        path: path, format: .auto, headerMismatch: .error, nonFinite: nonFinite, threads: 1,
        bufferSize: bufferSize)
      var vector = [Float](repeating: 0, count: reader.dimensions)
      var kept = 0
      var hash = 0 as UInt64
      while let word = try reader.next(into: &vector) {
        kept += 1
        for byte in word { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        for number in vector {
          if !number.isFinite { abort() }
          hash = (hash ^ UInt64(number.bitPattern)) &* 0x0000_0100_0000_01b3
        }
      }
      if reader.counts.read != kept + reader.counts.skipped { abort() }
      return "\(reader.counts) \(hash)"
    } catch { return "\(error)" }
  }

  /// Reads the vectors with the smallest buffer and with a large one; ends the process if the results
  /// differ.
  static func tryVectors(_ bytes: [UInt8]) {
    let path = put(bytes)
    for nonFinite in NonFiniteNumbers.allCases {
      let small = vectors(path, bufferSize: 1, nonFinite: nonFinite)
      if small != vectors(path, bufferSize: 1 << 22, nonFinite: nonFinite) { abort() }
    }
  }
}
