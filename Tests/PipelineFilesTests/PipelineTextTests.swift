import PipelineCore
import PipelineFiles
import Testing

@Suite("Pipeline text")
struct PipelineTextTests {
  @Test(
    "Bytes that are not UTF-8 text are refused",
    arguments: [
      ([0x61, 0x3A, 0x20, 0xFF], InputPosition.byte("p", 3), "UTF-8"),
      ([0xFF, 0xFE, 0x61, 0x00], .file("p"), "save it as UTF-8"),
      ([0xFE, 0xFF, 0x00, 0x61], .file("p"), "save it as UTF-8"),
      ([0x61, 0x00, 0x3A, 0x00], .file("p"), "save it as UTF-8"),
    ] as [([UInt8], InputPosition, String)])
  func encodings(bytes: [UInt8], position: InputPosition, phrase: String) {
    let error = #expect(throws: ConfigurationError.self) {
      _ = try PipelineText.decode(bytes, name: "p")
    }
    #expect(error?.position == position)
    #expect(error?.sentence.contains(phrase) == true)
  }

  @Test("A byte order mark is skipped and does not change positions")
  func byteOrderMark() throws {
    let text = try PipelineText.decode([0xEF, 0xBB, 0xBF] + Array("a: 1".utf8), name: "p")
    #expect(text == "a: 1")
    let root = try YAMLNodes.read(text, origin: .file("p"))
    #expect(root?["a"]?.position == .line("p", 1, column: 4))
  }
}
