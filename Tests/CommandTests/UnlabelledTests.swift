import FileAccess
import PipelineCore
import Testing
import TestSupport

/// `corpus.unlabelled` in check, run, train, show and init.
@Suite struct UnlabelledTests {
  private static let pretrain = ["--set", "embedding.pretrain=true"]
  private static let unlabelled = ["--set", "corpus.unlabelled=more.txt"]

  /// A folder whose unlabelled documents repeat labelled ones.
  private static func folder(epochs: Int = 2) throws -> TestFolder {
    let folder = try TinyPipeline.folder(epochs: epochs)
    func text(_ corpus: String, _ number: Int) -> String {
      String(corpus.split(separator: "\n")[number].split(separator: "\t")[1])
    }
    try folder.file(
      "more.txt",
      """
      the zither and the lute
      the lute and the zither

      \(text(TinyPipeline.corpus(90), 0))
      \(text(TinyPipeline.corpus(90), 1))
      \(text(TinyPipeline.corpus(30, salt: 1), 2))

      """)
    return folder
  }

  @Test("check reports the documents, their unknown words, repeats and leakage")
  func check() throws {
    let folder = try Self.folder()
    let outcome = try Command.docket(
      ["check", "pipeline.yaml"] + Self.pretrain + Self.unlabelled, folder: folder.path)
    #expect(outcome.text.contains("\n3 unlabelled documents, "), "\(outcome.text)")
    #expect(outcome.text.contains(" of the tokens occur in no training document\n"))
    #expect(outcome.text.contains("left out 2 unlabelled documents that repeat"))
    #expect(outcome.text.contains("1 unlabelled document repeats a test document"))
    #expect(outcome.text.contains("skipped 1 unlabelled document: 1 empty"))
    let json = try JSONValue.parse(
      Array(
        try Command.docket(
          ["check", "pipeline.yaml", "--json"] + Self.pretrain + Self.unlabelled,
          folder: folder.path
        ).text.utf8), file: "check")
    #expect(json["unlabelled"]?["documents"]?.integer == 3)
    #expect(json["unlabelled"]?["repeated"]?.integer == 2)
    #expect(json["unlabelled"]?["inTest"]?.integer == 1)
    let plain = try Command.docket("check", "pipeline.yaml", "--json", folder: folder.path)
    #expect(!plain.text.contains("unlabelled"))
  }

  @Test(
    "run and train learn vectors from the documents and write the same model, which records them")
  func train() throws {
    let folder = try Self.folder()
    let options = Self.pretrain + Self.unlabelled
    let trained = try Command.docket(["train", "pipeline.yaml"] + options, folder: folder.path)
    #expect(trained.code == 0, "\(trained.errors)")
    #expect(trained.errors.contains("3 unlabelled documents, "))
    #expect(!trained.errors.contains("repeats a test document"))
    let run = try Command.docket(
      ["run", "pipeline.yaml", "--output", "out"] + options, folder: folder.path)
    #expect(run.code == 0 && run.errors.contains("repeats a test document"), "\(run.errors)")
    let digest = SHA256Digest.hexadecimal(
      of: try InputFile.readAll(path: "\(folder.path)/more.txt", limit: 1 << 12))
    #expect(run.text.contains("unlabelled SHA-256") && run.text.contains(digest))
    let vectors = try ["model.docket", "out/model.docket"].map { model in
      let show = try Command.docket("show", model, "--json", folder: folder.path)
      let json = try JSONValue.parse(Array(show.text.utf8), file: "show")
      #expect(json["unlabelledSHA256"]?.string == digest)
      return json["startSHA256"]?.string
    }
    #expect(vectors[0] == vectors[1])
    let shown = try Command.docket("show", "model.docket", "--full", folder: folder.path)
    #expect(shown.text.contains("(with 3 unlabelled documents)"), "\(shown.text)")
    #expect(shown.text.contains("unlabelled") && shown.text.contains(digest.prefix(8)))
    // A word that only the unlabelled documents have is known.
    let model = try InputFile.readAll(path: "\(folder.path)/model.docket", limit: 1 << 24)
    #expect(String(decoding: model, as: UTF8.self).contains("zither"))
  }

  @Test("Repeating or resuming training with other unlabelled documents is refused by name")
  func changed() throws {
    let folder = try Self.folder(epochs: 10_000)
    let options = Self.pretrain + Self.unlabelled
    let stopped = try Command(["train", "pipeline.yaml"] + options, folder: folder.path)
    #expect(stopped.until { $0.errorsSoFar.contains("epoch 2/10000") })
    stopped.send(15)
    #expect(try stopped.wait(within: .seconds(30)).code == 143)
    let done = try Command.docket(
      ["train", "pipeline.yaml", "--output", "m.docket", "--set", "training.epochs=1"] + options,
      folder: folder.path)
    #expect(done.code == 0, "\(done.errors)")
    try folder.file("more.txt", "the lute and the zither and the storm\n")
    let resumed = try Command.docket(
      ["train", "pipeline.yaml", "--resume"] + options, folder: folder.path)
    #expect(resumed.code == 65)
    #expect(resumed.errors.contains("the unlabelled documents have changed"), "\(resumed.errors)")
    let repeated = try Command.docket(
      ["train", "--from", "m.docket", "--output", "n.docket"], folder: folder.path)
    #expect(
      repeated.errors.contains("the unlabelled documents have changed since"),
      "\(repeated.errors)")
  }

  @Test("An interrupted run with unlabelled documents is resumed to the same bytes")
  func resume() throws {
    let folder = try Self.folder(epochs: 60)
    let options = Self.pretrain + Self.unlabelled
    let whole = try Command.docket(
      ["train", "pipeline.yaml", "--output", "whole.docket"] + options, folder: folder.path)
    #expect(whole.code == 0)
    let stopped = try Command(["train", "pipeline.yaml"] + options, folder: folder.path)
    #expect(stopped.until { $0.errorsSoFar.contains("epoch 3/60") })
    stopped.send(15)
    #expect(try stopped.wait(within: .seconds(30)).code == 143)
    let resumed = try Command.docket(
      ["train", "pipeline.yaml", "--resume"] + options, folder: folder.path)
    #expect(resumed.code == 0 && resumed.errors.contains("resuming from epoch"))
    let models = try ["whole.docket", "model.docket"].map {
      try InputFile.readAll(path: "\(folder.path)/\($0)", limit: 1 << 24)
    }
    #expect(models[0] == models[1])
  }

  @Test("init --unlabelled writes the setting; it is refused where nothing is learned from text")
  func draft() throws {
    let folder = try Self.folder()
    let drafted = try Command.docket(
      "init", "train.tsv", "--unlabelled", "more.txt", folder: folder.path)
    #expect(drafted.code == 0)
    #expect(drafted.text.contains("\n  unlabelled: \"more.txt\"\n"), "\(drafted.text)")
    try folder.file("drafted.yaml", drafted.text)
    let checked = try Command.docket("check", "drafted.yaml", folder: folder.path)
    #expect(checked.text.contains("\n3 unlabelled documents, "), "\(checked.text)")
    for option in ["--fast", "--vectors=more.txt"] {
      let refused = try Command.docket(
        "init", "train.tsv", "--unlabelled", "more.txt", option, folder: folder.path)
      #expect(refused.code == 64 && refused.errors.contains("--unlabelled has no effect: "))
    }
    let missing = try Command.docket(
      "init", "train.tsv", "--unlabelled", "no.txt", folder: folder.path)
    #expect(missing.code == 66, "\(missing.errors)")
  }

  @Test("init --encoder drafts the classifier and the vectors of a model, and run starts from it")
  func encoder() throws {
    let folder = try TinyPipeline.folder(epochs: 1)
    #expect(try Command.docket("train", "pipeline.yaml", folder: folder.path).code == 0)
    let drafted = try Command.docket(
      "init", "train.tsv", "--encoder", "model.docket", folder: folder.path)
    #expect(drafted.code == 0, "\(drafted.errors)")
    #expect(
      drafted.text.contains("\n  dimensions: 8\n") && drafted.text.contains("\n  hidden: 8\n"))
    #expect(drafted.text.contains("\n  encoder: {from: \"model.docket\", words: all}\n"))
    try folder.file("drafted.yaml", drafted.text)
    let run = try Command.docket(
      "run", "drafted.yaml", "--set", "training.epochs=1", folder: folder.path)
    #expect(run.code == 0 && run.text.contains("starting weights SHA-256"), "\(run.errors)")
    let twice = try Command.docket(
      "init", "train.tsv", "--encoder", "model.docket", "--fast", folder: folder.path)
    #expect(twice.code == 64 && twice.errors.contains("--encoder and --fast cannot be combined"))
    let linear = try Command.docket(
      "train", "pipeline.yaml", "--set", "classifier=ngrams.v1", "--output", "linear.docket",
      folder: folder.path)
    #expect(linear.code == 0)
    let refused = try Command.docket(
      "init", "train.tsv", "--encoder", "linear.docket", folder: folder.path)
    #expect(refused.code == 64 && refused.errors.contains("has no recurrent layers"))
  }
}
