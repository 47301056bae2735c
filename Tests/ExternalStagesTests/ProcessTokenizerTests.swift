import DocketTesting
import ExternalStages
import PipelineCore
import TestSupport
import Testing

@Suite("ProcessTokenizer")
struct ProcessTokenizerTests {
  private let folder = TestFolder()

  @Test("Tokens are found in the text in order, also where a word occurs twice")
  func tokens() throws {
    let stage = try ProcessTokenizer(TestPrograms.tokenizer, in: folder)
    let tokens = try stage.tokenize(batch: [AlignedText("  to be or  not to be ")])[0].get()
    #expect(tokens.strings == ["to", "be", "or", "not", "to", "be"])
    #expect(tokens.ranges == [2..<4, 5..<7, 8..<10, 12..<15, 16..<18, 19..<21])
    #expect(
      stage.results(["", " ", "\u{4e2d}\u{56fd} x"]) == [[], [], ["\u{4e2d}\u{56fd}", "x"]])
  }

  /// An answer for the text `héllo wörld` (é at bytes 1 and 2, ö at bytes 8 and 9).
  @Test(
    "An answer is checked",
    arguments: [
      (#""tokens":["héllo","wörld"]"#, ["héllo", "wörld"]),
      (#""tokens":["llo","w"]"#, ["llo", "w"]),
      (#""tokens":[]"#, []),
      (#""ranges":[[0,6],[7,13]]"#, ["héllo", "wörld"]),
      (#""ranges":[[0,6],[0,3],[3,6]]"#, ["héllo", "hé", "llo"]),
      (#""tokens":["wörld","héllo"]"#, ["(program-answer)"]),
      (#""tokens":["hello"]"#, ["(program-answer)"]),
      (#""tokens":[""]"#, ["(program-answer)"]),
      (#""tokens":["o w"]"#, ["(program-answer)"]),
      (#""tokens":[1]"#, ["(program-answer)"]),
      (#""tokens":"x""#, ["(program-answer)"]),
      (#""ranges":[[7,13],[0,6]]"#, ["(program-answer)"]),
      (#""ranges":[[0,2]]"#, ["(program-answer)"]),
      (#""ranges":[[0,0]]"#, ["(program-answer)"]),
      (#""ranges":[[5,8]]"#, ["(program-answer)"]),
      (#""ranges":[[7,14]]"#, ["(program-answer)"]),
      (#""ranges":[[-1,1]]"#, ["(program-answer)"]),
      (#""ranges":[[0,1,2]]"#, ["(program-answer)"]),
      (#""ranges":[[0.5,1]]"#, ["(program-answer)"]),
    ])
  func answer(members: String, expected: [String]) throws {
    let script = TestPrograms.sed(.tokenizer, #"s/"text":.*/\#(members)}/"#)
    #expect(try ProcessTokenizer(script, in: folder).results(["héllo wörld"]) == [expected])
  }

  @Test("A tokenizer that is a program meets the requirements of its role")
  func conformance() throws {
    let stage = try ProcessTokenizer(TestPrograms.tokenizer, in: folder)
    // The script splits at U+0020 only and would need to know escapes for the others.
    let texts = StageConformance.sampleTexts.filter { !$0.contains("\t") }
    #expect(StageConformance.faults(in: stage, texts: texts) == [])
  }
}
