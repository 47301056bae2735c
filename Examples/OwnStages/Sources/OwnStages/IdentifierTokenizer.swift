import Docket

/// Stage `identifiers.v1`: splits a text into words, and splits words where the case changes, such
/// as `readFile` into `read` and `File`. It is meant for texts about programs.
package struct IdentifierTokenizer: Tokenizer {
  /// The settings of `identifiers.v1`.
  package struct Configuration: StageConfiguration {
    /// Whether numbers are tokens.
    package var numbers = true

    package init() {}

    package static var settings: [Setting<Self>] {
      [.boolean("numbers", \.numbers, "whether numbers are tokens")]
    }
  }

  package static let stageName = "identifiers.v1"
  package static let summary = "splits at punctuation and at changes of case"
  package let configuration: Configuration

  package init(configuration: Configuration) { self.configuration = configuration }

  private enum Kind { case lower, upper, digit, other }

  /// Returns the runs of letters and of digits. A run of capitals is one token, and a capital
  /// before a lowercase letter begins a token.
  package func tokenize(_ text: AlignedText) -> TokenSequence {
    var ranges: [Range<Int>] = []
    var (start, offset, last) = (0, 0, 0)
    var before = Kind.other
    func finish(at end: Int) {
      let isWanted = before != .other && (before != .digit || configuration.numbers)
      if isWanted, end > start { ranges.append(start..<end) }
      start = end
    }
    for scalar in String(decoding: text.bytes, as: UTF8.self).unicodeScalars {
      let kind = Self.kind(of: scalar)
      // Combining marks continue a word.
      let isMark = before != .other && scalar.properties.generalCategory == .nonspacingMark
      if !isMark, kind != before {
        // The last capital of a run belongs to the lowercase letters that follow.
        finish(at: before == .upper && kind == .lower ? last : offset)
        before = kind
      }
      if !isMark { last = offset }
      offset += UTF8.width(scalar)
    }
    finish(at: offset)
    return TokenSequence(text: text, ranges: ranges)
  }

  private static func kind(of scalar: Unicode.Scalar) -> Kind {
    if scalar.properties.isUppercase { return .upper }
    if scalar.properties.isAlphabetic { return .lower }
    return scalar.properties.numericType == nil ? .other : .digit
  }
}
