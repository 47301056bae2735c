import FileAccess
import Glibc
import TestSupport
import Testing

/// Outputs that are also inputs, or that would become inputs.
@Suite struct OutputFilesTests {
  /// A folder with a pipeline for every kind of file, and the files.
  private static func folder() throws -> TestFolder {
    let folder = try TinyPipeline.folder(epochs: 1)
    try folder.file("valid.tsv", TinyPipeline.corpus(12, salt: 2))
    try folder.file("stop.txt", "the\ntoday\n")
    try folder.file("text.txt", "the bread oven\nthe rain storm\n")
    try folder.file("more.txt", "the rain storm\n")
    let words = TinyCorpus.topics.flatMap(\.words).map { "\($0) 1 0.5\n" }.joined()
    try folder.file("vectors.txt", words)
    try folder.file("dictionary.txt", "bread\nrain\n")
    try folder.file(
      "files.yaml",
      """
      docket: 1
      corpus: {train: train.tsv, test: test.tsv, validation: valid.tsv}
      normalizers: [unicode.v1, {stage: stopwords.v1, words: stop.txt}]
      tokenizer: {stage: words.v1}
      embedding:
        - {stage: word2vec.v1, vectors: vectors.txt}
        - {stage: random.v1, dimensions: 4, pretrain: {text: [text.txt, more.txt], epochs: 1}}
      classifier: {stage: bilstm.v1, hidden: 4}
      training: {epochs: 1}
      """)
    for label in ["a", "b"] {
      for number in 0..<4 { try folder.file("docs/\(label)/\(number)", "\(label) word \(number)") }
    }
    try folder.file(
      "docs.yaml", "docket: 1\ncorpus: {train: docs, validation: 0}\nclassifier: ngrams.v1\n")
    return folder
  }

  /// Runs a command that must be refused and must not change any file.
  private static func expectRefused(
    _ arguments: [String], in folder: TestFolder, code: String = "cannot-create",
    location: SourceLocation = #_sourceLocation
  ) throws {
    let before = try contents(of: folder.path)
    let outcome = try Command.docket(arguments, folder: folder.path)
    #expect(outcome.code == 73, "\(arguments): \(outcome.errors)", sourceLocation: location)
    #expect(outcome.errors.contains("[\(code)]"), "\(outcome.errors)", sourceLocation: location)
    #expect(try contents(of: folder.path) == before, "\(arguments)", sourceLocation: location)
  }

  /// The bytes of all files in a folder, by path.
  private static func contents(of path: String) throws -> [String: [UInt8]] {
    var found: [String: [UInt8]] = [:]
    for name in try Folder.names(in: path) {
      let child = "\(path)/\(name)"
      if Folder.exists(child) {
        found.merge(try contents(of: child)) { $1 }
      } else {
        found[child] = try InputFile.readAll(path: child, limit: 1 << 24)
      }
    }
    return found
  }

  @Test(
    "A model is not written over any file that its pipeline names",
    arguments: [
      "files.yaml", "train.tsv", "test.tsv", "valid.tsv", "stop.txt", "vectors.txt", "text.txt",
      "more.txt", "./train.tsv", "link.docket", "hard.docket",
    ])
  func inputsOfTrain(output: String) throws {
    let folder = try Self.folder()
    #expect(symlink("vectors.txt", "\(folder.path)/link.docket") == 0)
    #expect(link("\(folder.path)/stop.txt", "\(folder.path)/hard.docket") == 0)
    try Self.expectRefused(["train", "files.yaml", "--output", output], in: folder)
    try Self.expectRefused(
      ["train", "pipeline.yaml", "--output", output, "--set", "corpus.train=\(output)"], in: folder)
  }

  @Test(
    "A run, an evaluation and a learning curve do not write over their inputs",
    arguments: [
      ("model.docket", []), ("report.txt", []), ("report.json", []), ("report.html", []),
      ("skipped-rows.txt", ["--set", "corpus.badRows=skip"]),
      ("learning-curve.json", ["--learning-curve"]), ("learning-curve.svg", ["--learning-curve"]),
    ])
  func inputsOfRun(name: String, options: [String]) throws {
    for (key, file) in [("corpus.train", "train.tsv"), ("corpus.validation", "valid.tsv")] {
      let folder = try Self.folder()
      try Folder.make("\(folder.path)/out")
      let old = try InputFile.readAll(path: "\(folder.path)/\(file)", limit: 1 << 24)
      try folder.file("out/\(name)", old)
      try Self.expectRefused(
        ["run", "pipeline.yaml", "--output", "out", "--set", "\(key)=out/\(name)"]
          + ["--set", "corpus.format=tsv"] + options, in: folder)
    }
  }

  @Test(
    "An evaluation does not write over its model or its corpus, nor into its folder of documents")
  func inputsOfEvaluate() throws {
    let folder = try Self.folder()
    let trained = try Command.docket(
      "train", "docs.yaml", "--output", "m.docket", "--quiet", folder: folder.path)
    try #require(trained.code == 0, "\(trained.errors)")
    let model = try InputFile.readAll(path: "\(folder.path)/m.docket", limit: 1 << 24)
    try folder.file("out/report.json", model)
    try folder.file("other/report.txt", "a\ta word\nb\tb word\n")
    try Self.expectRefused(
      ["evaluate", "out/report.json", "docs", "--output", "out"], in: folder)
    try Self.expectRefused(
      ["evaluate", "m.docket", "other/report.txt", "--output", "other"], in: folder)
    for output in ["docs", "docs/out", "docs/a", "docs/new/deep", "./docs/../docs/x"] {
      try Self.expectRefused(["evaluate", "m.docket", "docs", "--output", output], in: folder)
    }
    #expect(symlink("docs/a", "\(folder.path)/shortcut") == 0)
    try Self.expectRefused(["evaluate", "m.docket", "docs", "--output", "shortcut"], in: folder)
    let other = try Command.docket(
      "evaluate", "m.docket", "docs", "--output", "docs2/out", folder: folder.path)
    #expect(other.code == 0, "\(other.errors)")
  }

  @Test(
    "Nothing is written into a folder of documents",
    arguments: [
      ["train", "docs.yaml", "--output", "docs/a/0"], ["train", "docs.yaml", "--output", "docs/m"],
      ["train", "docs.yaml", "--output", "docs/c/m.docket"],
      ["run", "docs.yaml", "--output", "docs"],
      ["run", "docs.yaml", "--output", "docs/runs/x", "--set", "corpus.testShare=0.3"],
      ["train", "pipeline.yaml", "--set", "corpus.test=docs", "--output", "docs/b/9"],
      ["train", "pipeline.yaml", "--set", "corpus.validation=docs", "--output", "docs/m.docket"],
      ["init", "docs", "--output", "docs/pipeline.yaml"], ["init", "docs", "--output", "docs/a/p"],
      ["vectors", "train", "--corpus", "docs", "--output", "docs/a/v"],
    ])
  func folderOfDocuments(arguments: [String]) throws {
    try Self.expectRefused(arguments, in: Self.folder())
  }

  @Test("Checkpoints are not written into a folder of documents either")
  func checkpointsInFolder() throws {
    let folder = try Self.folder()
    #expect(rename("\(folder.path)/docs", "\(folder.path)/m.checkpoints") == 0)
    for model in ["m.docket", "m"] {
      try Self.expectRefused(
        ["train", "docs.yaml", "--set", "corpus.train=m.checkpoints", "--output", model], in: folder
      )
    }
  }

  @Test("Word vectors and drafts are not written over what they are made from")
  func vectorsAndDrafts() throws {
    let folder = try Self.folder()
    try Self.expectRefused(["vectors", "train", "text.txt", "--output", "text.txt"], in: folder)
    for set in ["text=more.txt", "text=[more.txt]"] {
      try Self.expectRefused(
        ["vectors", "train", "text.txt", "--set", set, "--output", "more.txt"], in: folder)
    }
    for output in ["files.yaml", "stop.txt", "train.tsv", "test.tsv", "valid.tsv"] {
      try Self.expectRefused(
        ["vectors", "train", "text.txt", "--pipeline", "files.yaml", "--output", output], in: folder
      )
    }
    try Self.expectRefused(
      ["vectors", "convert", "vectors.txt", "vectors.txt", "--form", "binary"], in: folder)
    for output in ["train.tsv", "test.tsv", "vectors.txt"] {
      try Self.expectRefused(
        ["init", "train.tsv", "--vectors", "vectors.txt", "--force", "--output", output], in: folder
      )
    }
    // The output may be the vector file that the pipeline names, which `vectors train` then
    // creates.
    let trained = try Command.docket(
      "vectors", "train", "text.txt", "--pipeline", "files.yaml", "--output", "vectors.txt",
      "--text",
      "--min-count", "1", "--set", "epochs=1", folder: folder.path)
    #expect(trained.code == 0, "\(trained.errors)")
  }

  @Test("A continued model is written neither over the old one nor over an earlier corpus")
  func continued() throws {
    let folder = try Self.folder()
    let trained = try Command.docket(
      "train", "pipeline.yaml", "--output", "m.docket", folder: folder.path)
    try #require(trained.code == 0, "\(trained.errors)")
    try folder.file("new.tsv", TinyPipeline.corpus(12, salt: 3))
    for output in ["m.docket", "new.tsv", "train.tsv", "test.tsv"] {
      try Self.expectRefused(
        ["train", "--from", "m.docket", "--set", "corpus.train=new.tsv", "--output", output],
        in: folder)
    }
    for output in ["m.docket", "train.tsv"] {
      try Self.expectRefused(["train", "--from", "m.docket", "--output", output], in: folder)
    }
  }

  @Test(
    "Standard output is no input of the command",
    arguments: [
      "check pipeline.yaml >> train.tsv", "run pipeline.yaml --output out >> test.tsv",
      "run files.yaml --output out >> vectors.txt",
      "train pipeline.yaml --find-rate >> pipeline.yaml",
      "evaluate m.docket test.tsv >> test.tsv", "show m.docket >> m.docket",
      "evaluate m2.docket docs > docs/a/report", "evaluate m2.docket docs > docs/report",
      "classify m.docket < text.txt >> text.txt", "classify m.docket < text.txt 1<> text.txt",
      "explain m.docket < text.txt >> text.txt", "tokenize pipeline.yaml < text.txt >> text.txt",
      "classify m.docket < text.txt 2>> text.txt", "vectors info vectors.txt >> vectors.txt",
      "init train.tsv >> train.tsv",
    ])
  func standardOutput(line: String) throws {
    let folder = try Self.folder()
    for (pipeline, model) in [("pipeline.yaml", "m.docket"), ("docs.yaml", "m2.docket")] {
      let trained = try Command.docket("train", pipeline, "--output", model, folder: folder.path)
      try #require(trained.code == 0, "\(trained.errors)")
    }
    let before = try Self.contents(of: folder.path)
    let outcome = try Command.shell("timeout 20 $docket \(line)", folder: folder.path)
    #expect(outcome.code == 73, "\(outcome.code) \(outcome.errors)")
    var after = try Self.contents(of: folder.path)
    for created in ["docs/a/report", "docs/report"] { after["\(folder.path)/\(created)"] = nil }
    if line.contains("2>>") {
      // Only the error message is added.
      #expect(try #require(after["\(folder.path)/text.txt"]).count < 400)
    } else {
      #expect(after == before)
    }
  }

  @Test("Two trainings into one model, with and without its extension, exclude each other")
  func oneTrainingAtATime() throws {
    let folder = try TinyPipeline.folder(epochs: 400)
    #expect(symlink("model.docket", "\(folder.path)/alias") == 0)
    let first = try Command(
      ["train", "pipeline.yaml", "--output", "model.docket"], folder: folder.path)
    var tries = 0
    while access("\(folder.path)/.model.lock", F_OK) != 0, tries < 500 {
      usleep(10_000)
      tries += 1
    }
    for output in ["model.docket", "model", "./model.docket", "alias", "\(folder.path)/model"] {
      let second = try Command.docket(
        "train", "pipeline.yaml", "--output", output, folder: folder.path)
      #expect(second.code == 73 && second.errors.contains("[output-in-use]"), "\(second.errors)")
    }
    first.send(SIGINT)
    #expect(try first.wait().code == 130)
    #expect(!folder.names.contains(".model.lock"))
  }
}
