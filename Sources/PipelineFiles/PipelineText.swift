import FileAccess
package import PipelineCore

/// Decodes the bytes of a pipeline file.
package enum PipelineText {
  /// The maximum size of a pipeline file, in bytes.
  package static let sizeLimit = 256 << 10

  /// The maximum size of a text in memory, in bytes. A resolved text spells out defaults and
  /// escapes, so it can be longer than the original file.
  static let memoryLimit = 8 * sizeLimit

  /// Returns the text without a byte order mark.
  ///
  /// - Throws: `ConfigurationError` if it is too long or not valid UTF-8.
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
        .syntax("invalid UTF-8; save the file as UTF-8"), at: .byte(name, byte))
    }
    let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    return String(decoding: hasMark ? bytes.dropFirst(3) : bytes[...], as: UTF8.self)
  }

  /// Returns the error for a file with more than `limit` bytes.
  static func tooLong(_ size: Int, limit: Int = sizeLimit, name: String) -> ConfigurationError {
    ConfigurationError(
      .outOfRange(
        key: "the size of a pipeline file", value: "\(size)",
        allowed: "at most \(limit) bytes"),
      at: .file(name))
  }

  /// Returns whether the bytes begin with a UTF-16 byte order mark or an ASCII character in
  /// UTF-16.
  private static func isUTF16(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 2 else { return false }
    switch (bytes[0], bytes[1]) {
    case (0xFF, 0xFE), (0xFE, 0xFF): return true
    case (0, 1...), (1..., 0): return bytes.count.isMultiple(of: 2)
    default: return false
    }
  }
}
