import PipelineCore
import TestSupport
import Tokenization

/// Runs normalizers and tokenizers.
///
/// Each bit of the first two bytes selects a normalizer; the rest is the text. Invalid UTF-8 must
/// not trap. Tokens of valid text must be valid, in order, and aligned with the source.
enum TextStagesTarget {
  static func check(_ input: [UInt8]) throws -> String {
    guard input.count >= 2 else { return "too short" }
    let choice = UInt16(input[0]) | UInt16(input[1]) << 8
    let source = Array(input.dropFirst(2))
    let isValid = String(validating: source, as: UTF8.self) != nil
    _ = HTMLMarkup.isPresent(in: source)
    var text = AlignedText(source: source)
    for (bit, normalizer) in EveryTextStage.normalizers.enumerated()
    where choice >> UInt16(bit) & 1 == 1 {
      text = try normalizer.normalize(text)
    }
    for tokenizer in EveryTextStage.tokenizers {
      let tokens = tokenizer.tokenize(text)
      guard isValid else { continue }
      for index in 0..<tokens.count {
        let range = tokens.ranges[index]
        let origin = tokens.sourceRange(index)
        try require(!range.isEmpty, "empty token")
        try require(
          index == 0 || tokens.ranges[index - 1].lowerBound <= range.lowerBound,
          "tokens out of order")
        try require(
          String(validating: tokens.bytes(index), as: UTF8.self) != nil, "token is not UTF-8")
        try require(
          !origin.isEmpty && origin.upperBound <= source.count, "source range out of bounds")
        try require(
          String(validating: source[origin], as: UTF8.self) != nil,
          "source range splits a character")
      }
    }
    return isValid ? "tokens" : "tokens of invalid UTF-8"
  }
}
