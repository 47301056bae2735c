import Embeddings
import PipelineCore

/// Reads vector files with the smallest buffer and with a large one, with and without skipping
/// values that are not finite.
enum VectorsTarget {
  /// Reads the input as the whole file.
  static func checkText(_ input: [UInt8]) throws -> String { try check(input) }

  /// Reads a file whose header has counts chosen by the first two bytes of the input; the rest of
  /// the input is the body.
  static func checkBinary(_ input: [UInt8]) throws -> String {
    guard input.count > 2 else { return "too short" }
    let header = Array("\(1 + Int(input[0]) % 9) \(1 + Int(input[1]) % 5)\n".utf8)
    return try check(header + input[2...])
  }

  private static func check(_ bytes: [UInt8]) throws -> String {
    let path = FuzzedFile.put(bytes)
    var outcome = ""
    for nonFinite in NonFiniteNumbers.allCases {
      let small = try vectors(path, bufferSize: 1, nonFinite: nonFinite)
      let large = try vectors(path, bufferSize: 1 << 22, nonFinite: nonFinite)
      try require(small == large, "with small and large buffers: \(small), \(large)")
      outcome = small
    }
    // An error ends with its code in brackets.
    return outcome.split(separator: "[").last.map {
      outcome.hasSuffix("]") ? String($0.dropLast()) : "read"
    } ?? ""
  }

  /// Reads the vectors and returns a text that differs whenever the result does.
  private static func vectors(
    _ path: String, bufferSize: Int, nonFinite: NonFiniteNumbers
  ) throws -> String {
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
          try require(number.isFinite, "a number is not finite")
          hash = (hash ^ UInt64(number.bitPattern)) &* 0x0000_0100_0000_01b3
        }
      }
      try require(
        reader.counts.read == kept + reader.counts.skipped, "the counts do not add up")
      return "\(reader.counts) \(hash)"
    } catch let error as any DiagnosableError { return "\(error)" }
  }

}
