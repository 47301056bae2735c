import DocketTesting
import Glibc
import PipelineCore
import TestSupport
import Testing
import Tokenization

/// Randomly mutated texts in every stage.
///
/// The environment variable `DOCKET_FUZZ` sets the number of texts, such as `DOCKET_FUZZ=200000`.
@Suite("Mutated texts")
struct MutatedTextTests {
  private static let count = getenv("DOCKET_FUZZ").flatMap { Int(String(cString: $0)) } ?? 2_000

  private static let seeds =
    StageConformance.sampleTexts.map { Array($0.utf8) }
    + HostileTextTests.repeated.map { Array($0.utf8) }

  /// Returns concatenated seeds with a few bytes flipped, removed, repeated, or inserted.
  private static func text(_ generator: inout SeededGenerator) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0...generator.next(below: 6) { bytes += seeds[generator.next(below: seeds.count)] }
    for _ in 0..<generator.next(below: 6) where !bytes.isEmpty {
      let place = generator.next(below: bytes.count)
      switch generator.next(below: 5) {
      case 0: bytes[place] ^= 1 << UInt8(generator.next(below: 8))
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(UInt8(generator.next(below: 256)), at: place)
      case 3: bytes += bytes[place...].prefix(40)
      default:
        let other = seeds[generator.next(below: seeds.count)]
        bytes.insert(contentsOf: other, at: place)
      }
    }
    return bytes
  }

  @Test("No stage traps on any bytes, and tokens of valid texts are valid and aligned")
  func mutations() throws {
    let normalizers = EveryTextStage.normalizers
    let tokenizers = EveryTextStage.tokenizers
    var generator = SeededGenerator(seed: 11)
    for number in 0..<Self.count {
      let source = Self.text(&generator)
      let isValid = String(validating: source, as: UTF8.self) != nil
      var text = AlignedText(source: source)
      for normalizer in normalizers where generator.next(below: 3) == 0 {
        text = try normalizer.normalize(text)
      }
      for tokenizer in tokenizers {
        let tokens = tokenizer.tokenize(text)
        guard isValid else { continue }
        let isSound = (0..<tokens.count).allSatisfy { Self.isSound(tokens, $0, source) }
        #expect(isSound, "\(type(of: tokenizer)), text \(number): \(source)")
      }
    }
  }

  private static func isSound(_ tokens: TokenSequence, _ index: Int, _ source: [UInt8]) -> Bool {
    let range = tokens.ranges[index]
    let origin = tokens.sourceRange(index)
    return !range.isEmpty && (index == 0 || tokens.ranges[index - 1].lowerBound <= range.lowerBound)
      && String(validating: tokens.bytes(index), as: UTF8.self) != nil
      && !origin.isEmpty && origin.upperBound <= source.count
      && String(validating: source[origin], as: UTF8.self) != nil
  }
}
