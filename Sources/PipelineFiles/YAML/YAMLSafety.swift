import PipelineCore

/// Checks a text before the YAML parser reads it.
///
/// Rejects features that pipeline files do not need: anchors, aliases, merge keys, tags,
/// directives, explicit keys, multiple documents, tabs as indentation, control characters and deep
/// nesting.
///
/// The check runs first because of aliases: 331 bytes of them can keep a YAML parser busy for half
/// a minute. The scan takes linear time and follows the token rules of libyaml, so that both agree
/// on the end of a quoted or block scalar. Where libyaml would stop with an error, the scan
/// continues, so it can only reject more texts.
enum YAMLSafety {
  /// The maximum nesting depth, counting brackets and indentation together.
  static let depthLimit = 32
  /// The maximum length of a key in bytes, the same as for a label.
  static let keyLimit = 256
  /// The maximum number of tokens: scalars, brackets, commas, colons and dashes.
  static let tokenLimit = 200_000

  /// Returns the error for a key of `count` bytes, which is too long.
  static func longKey(_ count: Int) -> ConfigurationFact {
    .outOfRange(
      key: "the length of a key", value: "\(count)", allowed: "at most \(keyLimit) bytes")
  }

  /// The error for a text with more than `tokenLimit` tokens.
  static var tooManyTokens: ConfigurationFact {
    .outOfRange(
      key: "the number of YAML tokens", value: "more", allowed: "at most \(tokenLimit)")
  }

  /// Checks a text that is valid UTF-8.
  ///
  /// - Throws: `ConfigurationError` with the first construct that is rejected. Duplicate keys are
  ///   also found here, because both positions are known.
  static func check(_ text: [UInt8], origin: YAMLOrigin) throws(ConfigurationError) {
    try refuseControls(in: text, origin: origin)
    var scanner = YAMLScanner(text, origin: origin)
    try scanner.run()
  }

  /// Rejects characters that YAML does not allow, and line breaks that only YAML recognizes.
  private static func refuseControls(
    in text: [UInt8], origin: YAMLOrigin
  ) throws(ConfigurationError) {
    var line = 1
    var lineStart = 0
    for index in text.indices {
      let byte = text[index]
      if byte == .lineFeed
        || (byte == .carriageReturn && text[index...].dropFirst().first != .lineFeed)
      {
        line += 1
        lineStart = index + 1
      }
      // Nearly all bytes are printable ASCII.
      if byte >= 0x20, byte < 0x7F { continue }
      guard let code = refusedCode(at: index, of: text) else { continue }
      let column = text[lineStart..<index].count { $0 & 0xC0 != 0x80 } + 1
      let digits = String(code, radix: 16, uppercase: true)
      let name = String(repeating: "0", count: 4 - digits.count) + digits
      throw ConfigurationError(
        .syntax(
          "the character U+\(name) is not allowed; write it as \"\\u\(name)\" in a quoted string"),
        at: origin.position(line: line, column: column))
    }
  }

  /// Returns the code point at `index` if it is not allowed in a pipeline file, otherwise `nil`.
  private static func refusedCode(at index: Int, of text: [UInt8]) -> Int? {
    let byte = text[index]
    let next = index + 1 < text.count ? text[index + 1] : 0
    let third = index + 2 < text.count ? text[index + 2] : 0
    switch (byte, next, third) {
    case (.tab, _, _), (.lineFeed, _, _), (.carriageReturn, _, _): return nil
    case (0..<0x20, _, _), (0x7F, _, _): return Int(byte)
    case (0xC2, 0x80..<0xA0, _): return Int(next)
    case (0xE2, 0x80, 0xA8...0xA9): return 0x2000 + Int(third) - 0x80
    case (0xEF, 0xBB, 0xBF): return 0xFEFF
    case (0xEF, 0xBF, 0xBE...0xBF): return 0xFFC0 + Int(third) - 0x80
    default: return nil
    }
  }
}
