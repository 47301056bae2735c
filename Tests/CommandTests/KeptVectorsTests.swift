import TestSupport
import FileAccess
import Testing

/// The vectors that a model keeps, and their precision.
@Suite struct KeptVectorsTests {
  /// Returns a folder with a pipeline whose vectors come from a file. `oboe`, which no document
  /// has, has the vector of `violin`.
  private static func folder(_ settings: String) throws -> TestFolder {
    let folder = try TinyPipeline.folder(epochs: 4)
    let words = TinyCorpus.topics.flatMap { topic in topic.words.map { (topic.label, $0) } }
    let rows = (words + [("music", "oboe")]).map { label, word in
      let place = TinyCorpus.topics.firstIndex { $0.label == label } ?? 0
      return ([word] + (0..<3).map { $0 == place ? "1.1" : "-0.3" }).joined(separator: " ")
    }
    try folder.file("vectors.txt", rows.joined(separator: "\n") + "\n")
    try folder.file(
      "pipeline.yaml",
      TinyPipeline.text(epochs: 4).replacing(
        "  stage: random.v1\n  dimensions: 8\n",
        with: "  stage: word2vec.v1\n  vectors: vectors.txt\n\(settings)"
          // Without n-grams, only the vectors decide.
      ).replacing("  hidden: 8\n", with: "  hidden: 8\n  ngrams: 0\n"))
    return folder
  }

  @Test("With keep: all, a word that only the vector file knows counts in a new document")
  func keep() throws {
    for (settings, isKnown) in [("", false), ("  keep: all\n", true)] {
      let folder = try Self.folder(settings)
      let trained = try Command.docket("train", "pipeline.yaml", folder: folder.path)
      #expect(trained.code == 0, "\(trained.errors)")
      #expect(trained.errors.contains("18 kept, 1 kept besides, 0 not in the corpus") == isKnown)
      let outcome = try Command.docket(
        "classify", "model.docket", "--json", input: Array("oboe oboe oboe\n".utf8),
        folder: folder.path)
      #expect(outcome.text.contains("all-words-unknown") != isKnown, "\(outcome.text)")
      if isKnown { #expect(outcome.text.contains(#""label":"music""#)) }
    }
  }

  @Test("keepLimit limits the words that are kept in addition to those of the corpus")
  func limit() throws {
    let folder = try Self.folder("  keep: all\n  keepLimit: 1\n")
    let file = String(
      decoding: try InputFile.readAll(path: folder.path + "/vectors.txt", limit: 1 << 16),
      as: UTF8.self)
    try folder.file("vectors.txt", file + "lute 0 0 0\noboe 1 1 1\n")
    let checked = try Command.docket("check", "pipeline.yaml", folder: folder.path)
    #expect(
      checked.text.contains("21 rows read: 18 kept, 1 kept besides, 1 not in the corpus, 1 dupl"))
  }

  @Test("With precision: float16, a model is smaller and predicts the same after being read")
  func half() throws {
    var sizes: [Int] = []
    for precision in ["float32", "float16"] {
      let folder = try Self.folder("  precision: \(precision)\n")
      let run = try Command.docket(
        "run", "pipeline.yaml", "--json", "--output", "run", folder: folder.path)
      let again = try Command.docket(
        "evaluate", "run/model.docket", "test.tsv", "--json", folder: folder.path)
      #expect(run.code == 0 && again.code == 0, "\(run.errors) \(again.errors)")
      let losses = try [run, again].map { outcome in
        try #require(JSONValue.parse(outcome.output, file: "report")["logLoss"]?.double)
      }
      #expect(losses[0] == losses[1])
      let model = try InputFile.readAll(path: folder.path + "/run/model.docket", limit: 1 << 24)
      sizes.append(model.count)
      let header = String(decoding: model.prefix(8192), as: UTF8.self)
      #expect(header.contains(#""dtype":"F16""#) == (precision == "float16"))
    }
    #expect(sizes[1] < sizes[0])
  }

  @Test("With unknownWords: ngrams, a new word is read by its n-grams, also with float16")
  func ngrams() throws {
    for (settings, isKnown) in [
      ("", false), ("  unknownWords: ngrams\n", true),
      ("  unknownWords: ngrams\n  precision: float16\n", true),
    ] {
      let folder = try Self.folder(settings)
      let trained = try Command.docket("train", "pipeline.yaml", folder: folder.path)
      #expect(trained.code == 0, "\(trained.errors)")
      let documents = ["guitars", "rainy", "xyz", "zzq"]
      let input = Array((documents.joined(separator: "\n") + "\n").utf8)
      let answers = try Command.docket(
        "classify", "model.docket", input: input, folder: folder.path)
      // The n-grams of two words differ; all unknown words are alike.
      #expect(Set(answers.lines).count == (isKnown ? 3 : 1), "\(answers.lines)")
      #expect(answers.lines.count == 4 && answers.lines[2] == answers.lines[3])
      let records = try Command.docket(
        "classify", "model.docket", "--json", input: input, folder: folder.path)
      let warned = records.lines.map { $0.contains("all-words-unknown") }
      #expect(warned == [!isKnown, !isKnown, true, true])
      // The record of a document does not depend on its neighbours.
      let alone = try Command.docket(
        "classify", "model.docket", input: Array("guitars\n".utf8), folder: folder.path)
      #expect(alone.lines.first == answers.lines.first)
    }
  }
}
