import DocketTesting
import ExternalStages
import PipelineCore
import TestSupport
import Testing

@Suite("ProcessEmbedding")
struct ProcessEmbeddingTests {
  private let folder = TestFolder()

  /// Words with `a` are (1, 0), others with `b` are (0, 3), all others have no vector.
  private static let commands =
    #"/"word":"[^"]*a/{s/"word.*/"vector":[1,0]}/;b}"#
    + #";/"word":"[^"]*b/{s/"word.*/"vector":[0,3]}/;b};s/"word.*/"vector":null}/"#

  private func stage(
    _ commands: String = commands, greeting: String = ",\"dimensions\":2", minCount: Int = 1
  ) throws -> ProcessEmbedding {
    let script = TestPrograms.sed(.embedding, greeting: greeting, commands)
    var configuration = ProcessEmbedding.Configuration()
    configuration.process = ProcessSettings(try TestPrograms.write(script, in: folder))
    configuration.minCount = minCount
    return ProcessEmbedding(configuration: configuration).with(access: .allowed(changed: false))
  }

  private func task(_ texts: [String]) -> EmbeddingTask {
    EmbeddingTask(
      documents: texts.map { text in
        let bytes = Array(text.utf8)
        return TokenSequence(
          text: AlignedText(source: bytes),
          ranges: bytes.split(separator: 0x20).map { $0.startIndex..<$0.endIndex })
      })
  }

  @Test("Each word of the corpus gets the vector of the program, and unknown words the mean")
  func table() throws {
    let table = try stage().makeTable(for: task(["ax by", "cz ax"]))
    #expect(table.dimensions == 2 && table.vocabulary.count == 2)
    #expect(table.values == [0.5, 1.5, 1, 0, 0, 3])
    #expect(table.summary.contains("2 dimensions, 2 words, 1 words without a vector"))
    let frequent = try stage(minCount: 2).makeTable(for: task(["ax by", "cz ax"]))
    #expect(frequent.values == [1, 0, 1, 0])
  }

  @Test("An embedding that is a program meets the requirements of its role")
  func conformance() throws {
    #expect(try StageConformance.faults(in: stage(), texts: ["ax by cz", "bbb a"]) == [])
  }

  @Test(
    "An answer that is not a vector is an error that names the word",
    arguments: ["[1]", "[1,2,3]", "[1,\"x\"]", "[1,1e999]", "[1,1e200]", "7", "[]"])
  func wrongVector(vector: String) throws {
    let stage = try stage("s/\"word.*/\"vector\":\(vector)}/")
    let error = #expect(throws: ProgramError.self) { try stage.makeTable(for: task(["ax"])) }
    #expect(error?.code == "program-answer")
    #expect(error?.sentence.hasPrefix("the word \"ax\": the program") == true)
  }

  @Test("A program that ends is an error, and one without dimensions too")
  func failures() throws {
    let ending = #expect(throws: ProgramError.self) {
      try stage("/by/Q3;" + Self.commands).makeTable(for: task(["ax by"]))
    }
    #expect(ending?.code == "program-ended")
    for greeting in ["", ",\"dimensions\":0", ",\"dimensions\":\"2\""] {
      let error = #expect(throws: ProgramError.self) {
        try stage(greeting: greeting).makeTable(for: task(["ax"]))
      }
      #expect(error?.code == "program-greeting")
    }
  }
}
