import FileAccess
package import PipelineCore

/// Makes text of the bytes of a pipeline file.
package enum PipelineText {
  /// The most bytes that a pipeline file may have.
  package static let sizeLimit = 256 << 10

  /// The most bytes of a text that is in memory already: what we write ourselves spells out defaults
  /// and escapes, so it may be longer than the file that it came from.
  static let memoryLimit = 8 * sizeLimit

  /// The text without a byte-order mark.
  ///
  /// - Throws: when it is too long or not UTF-8.
  package static func decode(
    _ bytes: [UInt8], name: String, limit: Int = sizeLimit
  ) throws(ConfigurationError) -> String {
    guard bytes.count <= limit else {
      throw tooLong(bytes.count, limit: limit, name: name)
    }
    if isUTF16(bytes) {
      throw ConfigurationError(
        .syntax("the file is UTF-16; save it as UTF-8"), at: .file(name))
    }
    if let byte = UTF8Validation.firstInvalidByte(in: bytes) {
      throw ConfigurationError(
        .syntax("this is not valid UTF-8; save the file as UTF-8"), at: .byte(name, byte))
    }
    let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    return String(decoding: hasMark ? bytes.dropFirst(3) : bytes[...], as: UTF8.self)
  }

  /// What is said of a file with more than `limit` bytes.
  static func tooLong(_ size: Int, limit: Int = sizeLimit, name: String) -> ConfigurationError {
    ConfigurationError(
      .outOfRange(
        key: "the size of a pipeline file", value: "\(size)",
        allowed: "at most \(limit) bytes"),
      at: .file(name))
  }

  /// Whether the bytes begin with UTF-16's mark, or with an ASCII character in two bytes.
  private static func isUTF16(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 2 else { return false }
    switch (bytes[0], bytes[1]) {
    case (0xFF, 0xFE), (0xFE, 0xFF): return true
    case (0, 1...), (1..., 0): return bytes.count.isMultiple(of: 2)
    default: return false
    }
  }
}
