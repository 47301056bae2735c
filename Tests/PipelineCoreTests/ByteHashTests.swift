import PipelineCore
import Testing

@Suite("ByteHash")
struct ByteHashTests {
  /// The expected values come from a few lines of Python that follow the published definitions.
  @Test("Hashes follow the published definitions")
  func hashes() {
    #expect(ByteHash.hash([]) == 0xefd0_1f60_ba99_2926)
    #expect(ByteHash.hash(Array("docket".utf8)) == 0xea60_ed4a_e5f1_efd2)
    #expect(ByteHash.hash(Array("\u{6a9}\u{62a}\u{627}\u{628}".utf8)) == 0x82a0_f3af_b25f_e530)
    #expect(ByteHash.combine(1, 2) == 0xf8f7_6353_b6d8_77c5)
  }
}
