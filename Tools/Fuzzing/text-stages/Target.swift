import PipelineCore
import Tokenization

/// The fuzz target of normalizers and tokenizers.
///
/// Each bit of the first two bytes selects a normalizer; the rest is the text. Invalid UTF-8 must
/// not trap. Tokens of valid text must be valid, in order, and aligned with the source.
private enum TextFuzz {
  static let normalizers: [any Normalizer] = {
    var apostrophes = ApostropheNormalizer.Configuration()
    apostrophes.inside = .cut
    var persian = PersianNormalizer.Configuration()
    persian.zwnj = .split
    var stop = Vocabulary()
    for word in ["a", "的", "the"] { stop.insert(Array(word.utf8)) }
    return [
      MarkupNormalizer(configuration: .init()), Sanitizer(configuration: .init()),
      NumberNormalizer(configuration: .init()),
      TurkishNormalizer(configuration: .init()), PersianNormalizer(configuration: persian),
      HindiNormalizer(configuration: .init()), ApostropheNormalizer(configuration: apostrophes),
      UnicodeNormalizer(configuration: .init()),
      StopwordNormalizer(configuration: .init()).with(words: stop),
    ]
  }()

  static let tokenizers: [any Tokenizer] = {
    var words = Vocabulary()
    for word in ["的的", "北京", "北京大学"] { words.insert(Array(word.utf8)) }
    return [
      WordTokenizer(configuration: .init()), CharacterTokenizer(configuration: .init()),
      SpaceTokenizer(configuration: .init()), BigramTokenizer(configuration: .init()),
      SubwordTokenizer(configuration: .init()),
      DictionaryTokenizer(configuration: .init()).with(words: words),
    ]
  }()

  static func check(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count >= 2 else { return }
    let choice = UInt16(bytes[0]) | UInt16(bytes[1]) << 8
    let source = Array(bytes.dropFirst(2))
    let isValid = String(validating: source, as: UTF8.self) != nil
    _ = HTMLMarkup.isPresent(in: source)
    var text = AlignedText(source: source)
    for (bit, normalizer) in normalizers.enumerated() where choice >> UInt16(bit) & 1 == 1 {
      guard let next = try? normalizer.normalize(text) else { return }
      text = next
    }
    for tokenizer in tokenizers {
      let tokens = tokenizer.tokenize(text)
      guard isValid else { continue }
      for index in 0..<tokens.count {
        let range = tokens.ranges[index]
        let origin = tokens.sourceRange(index)
        precondition(!range.isEmpty, "empty token")
        precondition(
          index == 0 || tokens.ranges[index - 1].lowerBound <= range.lowerBound,
          "tokens out of order")
        precondition(
          String(validating: tokens.bytes(index), as: UTF8.self) != nil, "token is not UTF-8")
        precondition(
          !origin.isEmpty && origin.upperBound <= source.count, "source range out of bounds")
        precondition(
          String(validating: source[origin], as: UTF8.self) != nil,
          "source range splits a character")
      }
    }
  }
}

/// The entry point for libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzText(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  TextFuzz.check(UnsafeBufferPointer(start: data, count: count))
  return 0
}
