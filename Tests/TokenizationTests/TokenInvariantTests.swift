import PipelineCore
import Testing
import Tokenization

@Suite("Invariants of tokens")
struct TokenInvariantTests {
  private static let normalizers: [any Normalizer] = [
    MarkupNormalizer(configuration: .init()), TurkishNormalizer(configuration: .init()),
    PersianNormalizer(configuration: .init()), HindiNormalizer(configuration: .init()),
    UnicodeNormalizer(configuration: .init()), ApostropheNormalizer(configuration: .init()),
    NumberNormalizer(configuration: .init()), Sanitizer(configuration: .init()),
  ]
  private static let tokenizers: [any Tokenizer] = [
    WordTokenizer(configuration: .init()), CharacterTokenizer(configuration: .init()),
  ]

  /// Returns random code points, most of them with a role in some rule.
  private func randomText(_ generator: inout SeededGenerator) -> [UInt8] {
    let favourites = Array(
      "aI.'\"_ 1,:;&#<>/=\\\r\n\tbİ\u{307}يكـ\u{64B}۱\u{200C}\u{200D}\u{200F}क़\u{93C}\u{94D}न१…½ﬁ\u{202F}\u{A0}我ア🇮👩❤️א"
        .unicodeScalars
    ).map(\.value)
    let scalars = (0..<generator.next(below: 60)).map { _ in
      generator.next(below: 4) == 0
        ? UInt32(generator.next(below: 0x110000))
        : favourites[generator.next(below: favourites.count)]
    }
    return UnicodeData.utf8(scalars)
  }

  @Test("Tokens are in order, visible, inside the text, and on code point boundaries")
  func invariants() throws {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<1000 {
      let source = randomText(&generator)
      var text = AlignedText(source: source)
      for normalizer in Self.normalizers where generator.next(below: 2) == 0 {
        text = try normalizer.normalize(text)
        checkAlignment(text, source)
      }
      for tokenizer in Self.tokenizers { check(tokenizer.tokenize(text), source) }
    }
  }

  @Test("Applying a normalizer twice changes nothing more")
  func stable() throws {
    var generator = SeededGenerator(seed: 8)
    for _ in 0..<1000 {
      let source = randomText(&generator)
      for normalizer in Self.normalizers.dropFirst() {
        let once = try normalizer.normalize(AlignedText(source: source))
        let twice = try normalizer.normalize(AlignedText(source: once.bytes))
        #expect(twice.bytes == once.bytes, "\(type(of: normalizer)) \(source)")
      }
    }
  }

  private func checkAlignment(_ text: AlignedText, _ source: [UInt8]) {
    #expect(String(validating: text.bytes, as: UTF8.self) != nil)
    guard let origins = text.origins else {
      #expect(text.bytes.count == source.count)
      return
    }
    #expect(origins.last == Int32(source.count))
    #expect(zip(origins, origins.dropFirst()).allSatisfy { $0 <= $1 })
  }

  private func check(_ tokens: TokenSequence, _ source: [UInt8]) {
    let bytes = tokens.text.bytes
    var end = 0
    for (index, range) in tokens.ranges.enumerated() {
      #expect(range.lowerBound >= end && !range.isEmpty && range.upperBound <= bytes.count)
      end = range.upperBound
      let token = String(validating: bytes[range], as: UTF8.self)
      #expect(token != nil, "\(source)")
      let scalars = token?.unicodeScalars
      #expect(scalars?.contains { $0.properties.isWhitespace } == false, "\(source)")
      let origin = tokens.sourceRange(index)
      #expect(!origin.isEmpty && origin.upperBound <= source.count)
      #expect(String(validating: source[origin], as: UTF8.self) != nil, "\(source)")
    }
  }

  @Test("An empty text has no tokens")
  func empty() {
    for tokenizer in Self.tokenizers { #expect(tokenizer.tokenize(AlignedText("")).count == 0) }
  }

  @Test("Invisible characters are not tokens")
  func invisible() {
    let text = AlignedText(" \u{200B}\u{200E} \u{200D} \u{FEFF}\u{0} \u{61C}\u{61C} \u{FE0F}\u{AD}")
    for tokenizer in Self.tokenizers { #expect(tokenizer.tokenize(text).strings == []) }
  }
}
