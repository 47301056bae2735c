import PipelineCore
import Testing
import Tokenization

@Suite("unicode.v1")
struct UnicodeNormalizerTests {
  static let options: [(UnicodeNormalizer.Form, Bool)] = [
    (.nfc, false), (.nfc, true), (.nfkc, false), (.nfkc, true),
  ]

  private func normalizer(_ form: UnicodeNormalizer.Form, fold: Bool) -> UnicodeNormalizer {
    var configuration = UnicodeNormalizer.Configuration()
    configuration.form = form
    configuration.fold = fold
    return UnicodeNormalizer(configuration: configuration)
  }

  private func normalized(
    _ text: String, _ form: UnicodeNormalizer.Form = .nfkc, fold: Bool = true
  ) -> String {
    let text = normalizer(form, fold: fold).normalize(AlignedText(text))
    return String(decoding: text.bytes, as: UTF8.self)
  }

  @Test(
    "Texts get the requested form and case",
    arguments: [
      ("Hello", "hello"), ("e\u{301}", "é"), ("É", "é"), ("Straße", "strasse"),
      ("ＡＢＣ１２３", "abc123"), ("ﬁn", "fin"), ("①", "1"), ("ｶﾞ", "ガ"),
      ("ΑΣ", "ας".replacingFinalSigma), ("\u{958}", "\u{915}\u{93C}"),
      ("\u{1112}\u{1161}\u{11AB}", "한"), ("…", "..."), ("ᾳ\u{301}", "άι"),
      ("\u{FDFA}", "صلى الله عليه وسلم"), ("", ""),
    ])
  func table(text: String, expected: String) {
    #expect(normalized(text).unicodeScalars.elementsEqual(expected.unicodeScalars))
  }

  @Test("NFC without folding changes neither case nor width")
  func canonicalOnly() {
    #expect(normalized("ＡＢＣ É", .nfc, fold: false) == "ＡＢＣ É")
  }

  @Test("Every code point is normalized as by utf8proc, and stays so", arguments: options)
  func allCodePoints(form: UnicodeNormalizer.Form, fold: Bool) {
    let normalizer = normalizer(form, fold: fold)
    let oracle: NormalizationForm = form == .nfc ? .nfc : .nfkc
    // Planes 4 to 13 have no characters; one block of each is enough.
    let blocks = stride(from: UInt32(0), to: 0x110000, by: 0x1000).filter { block in
      block < 0x40000 || block >= 0xE0000 || block % 0x10000 == 0xF000
    }
    for block in blocks {
      let bytes = UnicodeData.utf8((block..<block + 0x1000).flatMap { [$0, 0x20] })
      let once = normalizer.normalize(AlignedText(source: bytes))
      let name = String(block, radix: 16)
      #expect(once.bytes == Utf8proc.map(bytes, form: oracle, folding: fold), "block \(name)")
      let twice = normalizer.normalize(AlignedText(source: once.bytes))
      #expect(twice.bytes == once.bytes, "block \(name)")
      #expect(twice.origins == nil && twice.warnings.isEmpty, "block \(name)")
    }
  }

  @Test("Mixtures of marks, jamo, and Greek are stable and equal in all encodings")
  func mixtures() {
    let pool: [UInt32] = [
      0x41, 0x61, 0x49, 0x20, 0x300, 0x301, 0x307, 0x308, 0x323, 0x327, 0x345, 0x344, 0x3B1, 0x3B9,
      0x391, 0x1FB3, 0x1FB7, 0x1F80, 0x390, 0x130, 0x1E9E, 0x1E9B, 0x149, 0x1100, 0x1161, 0x11A8,
      0xAC00, 0xAC01, 0xFFC2, 0xFF9E, 0x30AB, 0x3099, 0x958, 0x915, 0x93C, 0x94D, 0x9C7, 0x9BE,
      0x64B, 0x651, 0x627, 0x653, 0xF73, 0xF71, 0xF81, 0xFDFA, 0x37A, 0x1D15E, 0x1D165, 0x212A,
    ]
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<1000 {
      let scalars = (0..<1 + generator.next(below: 70)).map { _ in
        // Some texts have long runs of marks.
        generator.next(below: 3) == 0 ? UInt32(0x300) : pool[generator.next(below: pool.count)]
      }
      let bytes = UnicodeData.utf8(scalars)
      for (form, fold) in Self.options {
        let normalizer = normalizer(form, fold: fold)
        let once = normalizer.normalize(AlignedText(source: bytes))
        let twice = normalizer.normalize(AlignedText(source: once.bytes))
        #expect(twice.bytes == once.bytes, "\(form) \(fold) \(scalars)")
        #expect(twice.warnings.isEmpty)
        guard once.warnings.isEmpty, let apart = Utf8proc.map(bytes, form: .nfd, folding: false)
        else { continue }
        let other = normalizer.normalize(AlignedText(source: apart))
        #expect(other.bytes == once.bytes, "\(form) \(fold) \(scalars)")
      }
    }
  }

  @Test("A run of more than 30 marks is cut to 30 and counted")
  func cutMarks() {
    let marks = String(repeating: "\u{323}", count: 100)
    for (form, fold) in Self.options {
      let text = normalizer(form, fold: fold).normalize(AlignedText("x" + marks + "y" + marks))
      #expect(text.warnings == [DocumentWarning(code: "marks-cut", count: 140)])
      #expect(text.bytes.count == 2 + 2 * 30 * 2)
    }
    let short = normalizer(.nfc, fold: true).normalize(AlignedText("x\u{323}\u{323}"))
    #expect(short.warnings.isEmpty)
  }

  @Test(
    "Long runs of marks take linear time",
    arguments: [(UInt32(0x323), 1 << 20), (0x344, 1 << 17), (0x9BE, 1 << 17), (0x345, 1 << 17)])
  func quickMarks(mark: UInt32, size: Int) {
    let one = UnicodeData.utf8([mark])
    let bytes = Array(repeatElement(one, count: size / one.count).joined())
    let time = ContinuousClock().measure {
      _ = normalizer(.nfkc, fold: true).normalize(AlignedText(source: bytes))
    }
    print("\(size / 1024) KiB of U+\(String(mark, radix: 16)): \(time)")
    // utf8proc takes minutes. A release build takes less than 100 ms for 1 MiB, but tests may run
    // unoptimized on a busy machine.
    #expect(time < .seconds(1))
  }

  @Test("A token of folded text is aligned with its source")
  func alignment() {
    let source = "Ⓧ ﬁx ÉTÉ Straße e\u{301}a ½"
    let text = normalizer(.nfkc, fold: true).normalize(AlignedText(source))
    let tokens = WordTokenizer(configuration: .init()).tokenize(text)
    let bytes = Array(source.utf8)
    let shown = tokens.strings.indices.map { index in
      String(decoding: bytes[tokens.sourceRange(index)], as: UTF8.self)
    }
    #expect(tokens.strings == ["x", "fix", "été", "strasse", "éa", "1⁄2"])
    #expect(shown == ["Ⓧ", "ﬁx", "ÉTÉ", "Straße", "e\u{301}a", "½"])
  }

  @Test("Replacements that keep their length keep the alignment, but an ellipsis is three dots")
  func alignmentKept() {
    #expect(normalizer(.nfkc, fold: true).normalize(AlignedText("ABC ÇA İ")).origins != nil)
    #expect(normalizer(.nfkc, fold: true).normalize(AlignedText("ABC ÇA")).origins == nil)
    let dots = normalizer(.nfkc, fold: true).normalize(AlignedText("a…"))
    #expect(dots.sourceRange(1..<2) == 1..<4)
    #expect(dots.sourceRange(3..<4) == 1..<4)
  }
}

extension String {
  /// The text with ordinary sigmas: full case folding has no final sigma.
  fileprivate var replacingFinalSigma: String {
    String(map { $0 == "ς" ? "σ" : $0 })
  }
}
