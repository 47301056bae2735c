import Glibc
import PipelineCore
import TestSupport
import Testing
import Tokenization

/// Returns the CPU time of the calling thread in seconds.
func workingTime(_ body: () throws -> Void) rethrows -> Double {
  func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
  let started = now()
  try body()
  return now() - started
}

@Suite("Texts designed to be slow")
struct HostileTextTests {
  /// The pieces to repeat up to 64 KiB.
  static let repeated = [
    "a", "1", " ", "'", "a'", ".", "a.", "1,", "_", ":", "<", "<a", "<a b=\"", "&", "&#", "&amp",
    ";",
    " quot;", "\\", "-", "<!--", "\u{301}", "\u{323}\u{301}", "\u{345}", "\u{344}", "\u{200C}",
    "\u{200D}", "ل\u{200C}", "\u{200C}\u{202E}", "ل\u{64E}", "\u{64E}\u{200C}", "क\u{94D}\u{200D}",
    "\u{93C}", "न\u{93C}", "İ", "I\u{307}", "i\u{323}", "I\u{323}\u{323}", "的", "的的 ", "👩\u{200D}",
    "🇮", "🏴\u{E0067}", "\u{E0067}", "\u{FE0F}", "\u{1100}\u{1161}", "\u{1161}", "\u{FDFA}", "א\"",
    "\u{202F}", "\u{0C4D}", "9\u{308}.", "a\u{308}'", "\u{600}", "￾",
  ]

  @Test("64 KiB of any repeated piece take less than a second in every stage", arguments: repeated)
  func pieces(piece: String) throws {
    let count = (1 << 16) / piece.utf8.count
    let bytes = Array(repeatElement(Array(piece.utf8), count: count).joined())
    for normalizer in EveryTextStage.normalizers {
      let seconds = try workingTime { _ = try normalizer.normalize(AlignedText(source: bytes)) }
      #expect(seconds < 1, "\(type(of: normalizer)) \(piece.debugDescription)")
    }
    for tokenizer in EveryTextStage.tokenizers {
      let seconds = workingTime { _ = tokenizer.tokenize(AlignedText(source: bytes)) }
      #expect(seconds < 1, "\(type(of: tokenizer)) \(piece.debugDescription)")
    }
  }

  @Test("1 MiB of combining marks take less than 100 ms")
  func marks() {
    let bytes = Array(repeatElement(Array("\u{323}".utf8), count: 1 << 19).joined())
    let normalizer = UnicodeNormalizer(configuration: .init())
    // The fastest of three: the first run builds tables.
    let times = (0..<3).map { _ in
      workingTime { _ = normalizer.normalize(AlignedText(source: bytes)) }
    }
    #expect((times.min() ?? 1) < 0.1, "\(times)")
  }
}
