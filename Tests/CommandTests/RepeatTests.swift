import FileAccess
import Glibc
import Testing
import TestSupport

/// `docket train --from`: reproducing a training from its model.
@Suite struct RepeatTests {
  private static func bytes(_ path: String) throws -> [UInt8] {
    try InputFile.readAll(path: path, limit: 1 << 24)
  }

  @Test("A model of run, and one of train with settings, is reproduced with the same bytes")
  func repeats() throws {
    let folder = try TinyPipeline.folder(epochs: 3)
    let run = try Command.docket("run", "pipeline.yaml", "--output", "run", folder: folder.path)
    #expect(run.code == 0, "\(run.errors)")
    let train = try Command.docket(
      "train", "pipeline.yaml", "--set", "training.optimizer=adamw", "--seed", "7", "--output",
      "set.docket", folder: folder.path)
    #expect(train.code == 0, "\(train.errors)")
    // The pipeline file is no longer needed.
    unlink(folder.path + "/pipeline.yaml")
    for (model, threads) in [("run/model.docket", "1"), ("set.docket", "3")] {
      let again = try Command.docket(
        "train", "--from", model, "--output", "again.docket", "--threads", threads,
        folder: folder.path)
      #expect(again.code == 0, "\(again.errors)")
      #expect(again.errors.contains("the model is byte-identical to \(model)"), "\(again.errors)")
      let models = try [model, "again.docket"].map { try Self.bytes("\(folder.path)/\($0)") }
      #expect(models[0] == models[1])
    }
    let elsewhere = try Command.docket(
      "train", "--from", folder.path + "/set.docket", "--folder", folder.path, "--output",
      folder.path + "/elsewhere.docket")
    #expect(elsewhere.errors.contains("the model is byte-identical to"), "\(elsewhere.errors)")
  }

  @Test("A changed corpus is refused with both hashes, a missing one by name")
  func otherCorpus() throws {
    let folder = try TinyPipeline.folder()
    #expect(try Command.docket("train", "pipeline.yaml", folder: folder.path).code == 0)
    try folder.file("train.tsv", TinyPipeline.corpus(93))
    let other = try Command.docket(
      "train", "--from", "model.docket", "--output", "again.docket", folder: folder.path)
    #expect(other.code == 65)
    #expect(other.errors.contains("the training corpus has changed since"), "\(other.errors)")
    #expect(other.errors.hasSuffix("[record-differs]\n"))
    unlink(folder.path + "/train.tsv")
    let missing = try Command.docket(
      "train", "--from", "model.docket", "--output", "again.docket", folder: folder.path)
    #expect(missing.code == 66)
    #expect(missing.errors.contains("train.tsv"), "\(missing.errors)")
  }

  @Test("A missing or changed file of starting weights is named")
  func encoder() throws {
    let folder = try TinyPipeline.folder()
    let missing = try Command.docket(
      "train", "pipeline.yaml", "--set", "classifier.encoder.from=first.docket",
      folder: folder.path)
    #expect(missing.code == 66 && missing.errors.contains("first.docket, which does not exist"))
    let none = try Command.docket(
      "train", "pipeline.yaml", "--set", "classifier.encoder=true", folder: folder.path)
    #expect(none.code == 65 && none.errors.contains("encoder requires"), "\(none.errors)")
    for (seed, output) in [("1", "first.docket"), ("2", "other.docket")] {
      let first = try Command.docket(
        "train", "pipeline.yaml", "--seed", seed, "--output", output, folder: folder.path)
      #expect(first.code == 0, "\(first.errors)")
    }
    let second = try Command.docket(
      "train", "pipeline.yaml", "--set", "classifier.encoder.from=first.docket", "--output",
      "second.docket", folder: folder.path)
    #expect(second.code == 0 && second.errors.contains("start from the weights "))
    let again = try Command.docket(
      "train", "--from", "second.docket", "--output", "again.docket", folder: folder.path)
    #expect(
      again.errors.contains("the model is byte-identical to second.docket"), "\(again.errors)")
    try folder.file("first.docket", Self.bytes(folder.path + "/other.docket"))
    let changed = try Command.docket(
      "train", "--from", "second.docket", "--output", "again.docket", folder: folder.path)
    #expect(changed.code == 65)
    #expect(changed.errors.contains("the starting-weights file has changed"))
  }

  @Test(
    "A reproduction refuses settings that would change it, and to overwrite the model",
    arguments: [
      (["--seed", "3"], 64), (["--set", "training.epochs=1"], 64), (["pipeline.yaml"], 64),
      (["--output", "model.docket"], 73),
    ] as [([String], Int32)])
  func refused(arguments: [String], code: Int32) throws {
    let folder = try TinyPipeline.folder()
    #expect(try Command.docket("train", "pipeline.yaml", folder: folder.path).code == 0)
    let before = try Self.bytes(folder.path + "/model.docket")
    let outcome = try Command.docket(
      ["train", "--from", "model.docket"] + arguments, folder: folder.path)
    #expect(outcome.code == code, "\(outcome.errors)")
    #expect(try Self.bytes(folder.path + "/model.docket") == before)
  }

  @Test("show and report.json have versions, hashes and the curve of every epoch")
  func record() throws {
    _ = SharedRun.outcome
    let shown = try JSONValue.parse(
      Command.docket("show", SharedRun.model, "--json").output, file: "output")
    #expect(shown["history"]?.array?.count == 4)
    #expect(shown["versions"]?["docket"]?.string != nil)
    #expect(shown["versions"]?["processor"]?.string != nil)
    let corpus = try Self.bytes(SharedRun.path + "/train.tsv")
    #expect(shown["corpusSHA256"]?.string == SHA256Digest.hexadecimal(of: corpus))
    #expect(shown["startSHA256"]?.string?.count == 64)
    // The network is left out, so the accuracy is that of the model and not of an epoch.
    #expect(shown["metrics"]?["bestEpoch"] == nil)
    #expect(shown["metrics"]?["validationAccuracy"]?.double != nil)
    let report = try JSONValue.parse(Self.bytes(SharedRun.path + "/run/report.json"), file: "r")
    let record = try #require(report["record"])
    for key in ["corpus SHA-256", "test SHA-256", "model SHA-256", "machine"] {
      #expect(record[key]?.string?.isEmpty == false, "\(key)")
    }
    let page = String(
      decoding: try Self.bytes(SharedRun.path + "/run/report.html"), as: UTF8.self)
    #expect(page.contains("<polyline class=\"training\"") && page.contains("class=\"validation\""))
  }

  @Test("A model that uses its network says which epoch it has")
  func bestEpoch() throws {
    let folder = TestFolder()
    try folder.file("train.tsv", TinyPipeline.corpus(90))
    try folder.file("test.tsv", TinyPipeline.corpus(30, salt: 1))
    try folder.file(
      "p.yaml",
      """
      docket: 1
      corpus: {train: train.tsv, test: test.tsv, validation: 0.2}
      embedding: {stage: random.v1, dimensions: 4}
      classifier: {stage: bilstm.v1, hidden: 4, ngrams: 0}
      training: {epochs: 3, learningRate: 0.01}
      """)
    let run = try Command.docket("run", "p.yaml", "--output", "out", folder: folder.path)
    try #require(run.code == 0, "\(run.errors)")
    #expect(run.errors.contains("keeping epoch "))
    let shown = try JSONValue.parse(
      Command.docket("show", "out/model.docket", "--json", folder: folder.path).output, file: "o")
    let best = try #require(shown["metrics"]?["bestEpoch"]?.double)
    let kept = shown["history"]?.array?.first { $0["kept"] == .bool(true) }
    #expect(kept?["epoch"]?.double == best)
    #expect(kept?["validationAccuracy"] == shown["metrics"]?["validationAccuracy"])
    let text = try Command.docket("show", "out/model.docket", folder: folder.path).text
    #expect(text.contains("3, best \(Int(best))\n"), "\(text)")
    let report = try JSONValue.parse(
      Self.bytes(folder.path + "/out/report.json"), file: "r")
    #expect(report["record"]?["best epoch"]?.string?.hasPrefix("\(Int(best)) of 3") == true)
  }
}
