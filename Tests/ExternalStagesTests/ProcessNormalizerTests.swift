import DocketTesting
import ExternalStages
import PipelineCore
import TestSupport
import Testing

@Suite("ProcessNormalizer")
struct ProcessNormalizerTests {
  private let folder = TestFolder()

  /// Returns the result of a normalizer that answers each text with these members.
  private func normalized(_ text: String, members: String) throws -> AlignedText {
    let script = TestPrograms.sed(.normalizer, #"s/"text":.*/\#(members)}/"#)
    return try ProcessNormalizer(script, in: folder).normalize(AlignedText(text))
  }

  /// The source text of each word of a text.
  private func sources(_ text: AlignedText, of source: String) -> [String] {
    let bytes = Array(source.utf8)
    return text.bytes.split(separator: 0x20).map { word in
      String(decoding: bytes[text.sourceRange(word.startIndex..<word.endIndex)], as: UTF8.self)
    }
  }

  @Test(
    "Each word of the answer is aligned with the words that it comes from",
    arguments: [
      ("Ein Straße HIER", "ein strasse hier", ["Ein", "Straße", "HIER"]),
      ("a b c", "a x y z c", ["a", "b ", "b ", "b ", "c"]),
      ("one two three four", "one four", ["one", "four"]),
      ("one", "uno dos", ["one", "one"]),
      ("a  b", "a b", ["a", "b"]),
    ])
  func alignment(text: String, answer: String, expected: [String]) throws {
    let result = try normalized(text, members: "\"text\":\"\(answer)\"")
    #expect(String(decoding: result.bytes, as: UTF8.self) == answer)
    #expect(sources(result, of: text) == expected)
  }

  @Test("Text that is removed or added at either end keeps the alignment within the source")
  func edges() throws {
    for (text, answer) in [("abc", ""), ("", "abc"), ("abc", "xabcx"), ("é", "è"), ("ab", "aab")] {
      let result = try normalized(text, members: "\"text\":\"\(answer)\"")
      let origins = try #require(result.origins)
      #expect(origins.count == result.bytes.count + 1)
      #expect(zip(origins, origins.dropFirst()).allSatisfy { $0 <= $1 })
      #expect(origins.last == Int32(text.utf8.count))
    }
  }

  @Test("A map in the answer is used, and checked")
  func map() throws {
    let result = try normalized("abcdef", members: #""text":"XYZ","map":[[0,2],[1,4]]"#)
    #expect(result.origins == [2, 4, 5, 6])
    for map in ["[[1,0],[0,0]]", "[[0,3],[1,2]]", "[[4,0]]", "[[0,7]]", "[[0]]", "{}", "[[-1,0]]"] {
      let error = #expect(throws: TextError.self) {
        try normalized("abcdef", members: "\"text\":\"XYZ\",\"map\":\(map)")
      }
      #expect(error?.code == "program-answer", "\(map)")
    }
  }

  @Test("Characters that are replaced by others with as many bytes are aligned as a whole")
  func sameBytes() throws {
    let result = try normalized("x\u{2026}\u{E9}", members: #""text":"x...é""#)
    #expect(result.origins == [0, 1, 1, 1, 4, 5, 6])
    let mapped = try normalized(
      "x\u{2026}\u{E9}", members: #""text":"x...é","map":[[0,0],[1,1],[4,4]]"#)
    #expect(mapped.origins == result.origins)
    for map in ["[[0,0],[1,2]]", "[[0,0],[5,4]]"] {
      let error = #expect(throws: TextError.self) {
        try normalized("x\u{2026}\u{E9}", members: #""text":"x...é","map":\#(map)"#)
      }
      #expect(error?.reason.contains("between characters") == true, "\(map)")
    }
  }

  @Test("An answer whose text is not a string is quoted in the error")
  func wrongText() throws {
    let error = #expect(throws: TextError.self) {
      try normalized("a", members: #""text":null"#)
    }
    #expect(error?.reason.contains("null") == true, "\(error?.reason ?? "")")
  }

  @Test("An unchanged text keeps its map, and a NUL byte is refused")
  func special() throws {
    let stage = try ProcessNormalizer(TestPrograms.echo, in: folder)
    #expect(try stage.normalize(AlignedText("a")).origins == nil)
    #expect(throws: TextError.self) {
      try normalized("a", members: #""text":"\\u0000""#)
    }
  }

  @Test("A normalizer that is a program meets the requirements of its role")
  func conformance() throws {
    let stage = try ProcessNormalizer(
      TestPrograms.sed(.normalizer, "y/ABCDEFGHI/abcdefghi/"), in: folder)
    #expect(try StageConformance.faults(in: stage) == [])
  }

  @Test("Settings reach the program as JSON")
  func settings() throws {
    let script = """
      #!/bin/sh
      IFS= read -r greeting
      printf '%s' "$greeting" >'\(folder.path)/greeting'
      echo '{"protocol":1,"role":"normalizer","name":"x"}'
      """
    var settings = ProcessSettings(try TestPrograms.write(script, in: folder))
    let place = InputPosition.option("settings")
    func node(_ value: ConfigurationNode.Value) -> ConfigurationNode {
      ConfigurationNode(value, at: place)
    }
    settings.settings = .mapping([
      .init(key: "size", position: place, value: node(.scalar("3", isPlain: true))),
      .init(key: "name", position: place, value: node(.scalar("3", isPlain: false))),
      .init(
        key: "list", position: place,
        value: node(.sequence([node(.scalar("true", isPlain: true)), node(.null)]))),
    ])
    let stage = ProcessNormalizer(configuration: settings).with(access: .allowed(changed: false))
    try stage.startProgram()
    #expect(
      try folder.lines("greeting") == [
        #"{"protocol":1,"role":"normalizer","settings":{"size":3,"name":"3","list":[true,null]}}"#
      ])
  }
}
