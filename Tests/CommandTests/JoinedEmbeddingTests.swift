import TestSupport
import FileAccess
import Glibc
import Testing

/// Pipelines that concatenate several embeddings.
@Suite struct JoinedEmbeddingTests {
  /// Returns a folder with a pipeline of frozen vectors from a file and random ones. The file lacks
  /// `rain`, and has `oboe`, a word of music that no document has.
  private static func folder(epochs: Int = 4, _ settings: String = "") throws -> TestFolder {
    let folder = try TinyPipeline.folder(epochs: epochs)
    let words = TinyCorpus.topics.flatMap { topic in topic.words.map { (topic.label, $0) } }
    let known = words.filter { $0.1 != "rain" } + [("music", "oboe")]
    let rows = known.map { label, word in
      let place = TinyCorpus.topics.firstIndex { $0.label == label } ?? 0
      return ([word] + (0..<3).map { $0 == place ? "1.1" : "-0.3" }).joined(separator: " ")
    }
    try folder.file("vectors.txt", rows.joined(separator: "\n") + "\n")
    let list = """
      embedding:
        - stage: word2vec.v1
          vectors: vectors.txt
          tune: false
          keep: all
          unknownWords: ngrams
        - stage: random.v1
          dimensions: 8

      """
    try folder.file(
      "pipeline.yaml",
      TinyPipeline.text(epochs: epochs).replacing(
        "embedding:\n  stage: random.v1\n  dimensions: 8\n", with: list + settings
      ).replacing("  hidden: 8\n", with: "  hidden: 8\n  ngrams: 0\n"))
    return folder
  }

  private static func bytes(_ path: String) throws -> [UInt8] {
    try InputFile.readAll(path: path, limit: 1 << 24)
  }

  @Test("A model of several embeddings is the same with any threads and predicts as in its run")
  func run() throws {
    let folder = try Self.folder()
    let run = try Command.docket(
      "run", "pipeline.yaml", "--json", "--output", "run", "--threads", "1", folder: folder.path)
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.errors.contains("2 embeddings side by side: 11 dimensions"), "\(run.errors)")
    let again = try Command.docket(
      "train", "pipeline.yaml", "--threads", "3", folder: folder.path)
    #expect(again.code == 0)
    let paths = ["run/model.docket", "model.docket"].map { "\(folder.path)/\($0)" }
    let models = try paths.map { try Self.weights(of: Self.bytes($0)) }
    #expect(models[0] == models[1] && !models[0].isEmpty)
    let report = try Command.docket(
      "evaluate", "run/model.docket", "test.tsv", "--json", folder: folder.path)
    let losses = try [run, report].map { outcome in
      try #require(JSONValue.parse(outcome.output, file: "report")["logLoss"]?.double)
    }
    #expect(losses[0] == losses[1])
    let show = try Command.docket("show", "run/model.docket", "--full", folder: folder.path)
    #expect(show.text.contains("  - stage: \"word2vec.v1\""), "\(show.text)")
  }

  /// Returns the tensors of a model. Its header also has scores, which only a run measures.
  private static func weights(of model: [UInt8]) -> ArraySlice<UInt8> {
    let length = model.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    return model.dropFirst(8 + length)
  }

  @Test("Words that only the file or its n-grams know count, in records and explanations")
  func newWords() throws {
    let folder = try Self.folder()
    let trained = try Command.docket("train", "pipeline.yaml", folder: folder.path)
    #expect(trained.code == 0, "\(trained.errors)")
    let input = Array("oboe oboe oboe\nguitars guitars\nzzq\n".utf8)
    let records = try Command.docket(
      "classify", "model.docket", "--json", input: input, folder: folder.path)
    #expect(records.lines.map { $0.contains("all-words-unknown") } == [false, false, true])
    #expect(records.lines.prefix(2).allSatisfy { $0.contains(#""label":"music""#) })
    let explained = try Command.docket(
      "explain", "model.docket", "--json", input: input, folder: folder.path)
    #expect(explained.code == 0 && explained.lines.count == 3, "\(explained.errors)")
    #expect(explained.lines[0].contains(#""label":"music""#))
  }

  @Test("A training that was interrupted and resumed has the bytes of one that was not")
  func resume() throws {
    let folder = try Self.folder(epochs: 60)
    let whole = try Command.docket(
      "train", "pipeline.yaml", "--output", "whole.docket", folder: folder.path)
    #expect(whole.code == 0, "\(whole.errors)")
    let stopped = try Command(
      ["train", "pipeline.yaml", "--output", "out.docket"], folder: folder.path)
    #expect(stopped.until { $0.errorsSoFar.contains("epoch 3/60") })
    stopped.send(SIGTERM)
    #expect(try stopped.wait(within: .seconds(30)).code == 143)
    let resumed = try Command.docket(
      "train", "pipeline.yaml", "--output", "out.docket", "--resume", folder: folder.path)
    #expect(resumed.code == 0 && resumed.errors.contains("resuming from epoch"))
    let models = try ["whole", "out"].map { try Self.bytes("\(folder.path)/\($0).docket") }
    #expect(models[0] == models[1])
    let repeated = try Command.docket(
      "train", "--from", "whole.docket", "--output", "again.docket", folder: folder.path)
    #expect(
      repeated.errors.contains("the model is byte-identical to whole.docket"), "\(repeated.errors)")
  }

  @Test("Two embeddings with n-grams are refused with advice")
  func twoWithNGrams() throws {
    let second = """
        - stage: word2vec.v1
          vectors: vectors.txt
          unknownWords: ngrams

      """
    let folder = try Self.folder(second)
    let outcome = try Command.docket("train", "pipeline.yaml", folder: folder.path)
    #expect(outcome.code == 65)
    #expect(outcome.errors.contains("remove it from all but one"), "\(outcome.errors)")
  }

  @Test("--set reaches one of several embeddings by its number")
  func overrides() throws {
    let folder = try Self.folder()
    let checked = try Command.docket(
      "check", "pipeline.yaml", "--set", "embedding.1.dimensions=5", folder: folder.path)
    #expect(checked.text.contains("side by side: 8 dimensions"), "\(checked.text)")
    let wrong = try Command.docket(
      "check", "pipeline.yaml", "--set", "embedding.2.dimensions=5", folder: folder.path)
    #expect(wrong.code == 65 && wrong.errors.contains("at most 1"), "\(wrong.errors)")
  }
}
