import FileAccess
import TestSupport
import Testing

/// The contents of a model file, and reading it whatever files are beside it.
@Suite struct ModelFileTests {
  private static func bytes(_ folder: TestFolder, _ name: String) throws -> [UInt8] {
    try InputFile.readAll(path: "\(folder.path)/\(name)", limit: 1 << 26)
  }

  @Test("A model has the same bytes under every spelling of the path that it continues from")
  func spellings() throws {
    let folder = try TinyPipeline.folder(epochs: 1)
    let first = try Command.docket("train", "pipeline.yaml", folder: folder.path)
    #expect(first.code == 0, "\(first.errors)")
    try folder.file("new.tsv", TinyPipeline.corpus(18, salt: 3))
    try folder.file("sub/empty", "")
    let spellings = [
      "model.docket", "./model.docket", "sub/../model.docket", folder.path + "/model.docket",
    ]
    let models = try spellings.enumerated().map { number, spelling in
      let next = try Command.docket(
        "train", "--from", spelling, "--set", "corpus.train=new.tsv", "--output",
        "n\(number).docket",
        folder: folder.path)
      #expect(next.code == 0, "\(next.errors)")
      return try Self.bytes(folder, "n\(number).docket")
    }
    #expect(models.allSatisfy { $0 == models[0] })
  }

  @Test("tokenize takes everything from a model, also an empty list of words")
  func tokenize() throws {
    let folder = TestFolder()
    try folder.file("a/train.tsv", (0..<6).map { "x\t字\($0)\ny\t词\($0)\n" }.joined())
    try folder.file(
      "a/p.yaml",
      """
      docket: 1
      corpus: {train: train.tsv}
      language: zh
      tokenizer: {stage: dictionary.v1, minCount: 1000}
      classifier: ngrams.v1
      """)
    let trained = try Command.docket(
      "train", "p.yaml", "--output", "../m.docket", folder: folder.path + "/a")
    #expect(trained.code == 0, "\(trained.errors)")
    // A different corpus with the name that the model records. Its words must not be used.
    try folder.file("b/train.tsv", (0..<300).map { "x\t银行利率股票\($0)\n" }.joined())
    let input = Array("银行利率股票\n".utf8)
    let outputs = try ["a/../m.docket", "m.docket"].map { model in
      try Command.docket("tokenize", "../\(model)", input: input, folder: folder.path + "/b").text
    }
    let alone = try Command.docket("tokenize", "m.docket", input: input, folder: folder.path).text
    #expect(outputs.allSatisfy { $0 == alone } && alone.contains("银 行"), "\(outputs) \(alone)")
  }

  @Test("Reading a model takes its size and at most 64 MiB more")
  func modelMemory() throws {
    let folder = try TinyPipeline.folder(epochs: 1)
    var text = ""
    for word in 0..<60_000 {
      text += "w\(word)" + String(repeating: " 0.5 -1 2", count: 20) + "\n"
    }
    try folder.file("v.txt", text + "bread" + String(repeating: " 1 2 3", count: 20) + "\n")
    let trained = try Command.docket(
      "train", "pipeline.yaml", "--set",
      "embedding={stage: word2vec.v1, vectors: v.txt, keep: all}",
      folder: folder.path)
    #expect(trained.code == 0, "\(trained.errors)")
    let size = try Self.bytes(folder, "model.docket").count
    #expect(size > 12 << 20)
    let answered = try Command.docket(
      "classify", "model.docket", input: Array("bread\n".utf8), folder: folder.path)
    #expect(answered.code == 0)
    #expect(answered.peakMemory < size + 64 << 20, "\(answered.peakMemory) \(size)")
  }

  @Test("Evaluating many short documents takes little memory for each")
  func corpusMemory() throws {
    let folder = try TinyPipeline.folder(epochs: 1)
    #expect(try Command.docket("train", "pipeline.yaml", folder: folder.path).code == 0)
    let label = TinyCorpus.topics[0].label
    let count = 400_000
    try folder.file("many.tsv", String(repeating: "\(label)\tb\n", count: count))
    let outcome = try Command.docket("evaluate", "model.docket", "many.tsv", folder: folder.path)
    #expect(outcome.code == 0, "\(outcome.errors.suffix(300))")
    #expect(outcome.peakMemory < 64 << 20 + count * 320, "\(outcome.peakMemory)")
  }
}
