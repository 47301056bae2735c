import FileAccess
import TestSupport
import Testing

/// `docket convert`: models of other precisions.
@Suite struct ConvertTests {
  /// The folder of a trained model, and the bytes of files in it.
  private struct Converted {
    let folder: TestFolder

    init() throws {
      folder = try TinyPipeline.folder(epochs: 3)
      let trained = try Command.docket("train", "pipeline.yaml", folder: folder.path)
      #expect(trained.code == 0, "\(trained.errors)")
    }

    func docket(_ arguments: String...) throws -> Command.Outcome {
      try Command.docket(arguments, folder: folder.path)
    }

    func convert(_ precision: String, _ model: String, to output: String) throws -> Command.Outcome
    {
      try docket("convert", model, "--precision", precision, "--output", output)
    }

    func bytes(_ name: String) throws -> [UInt8] {
      try InputFile.readAll(path: "\(folder.path)/\(name)", limit: 1 << 24)
    }

    func labels(_ model: String, _ options: String...) throws -> [Substring] {
      let texts = TinyPipeline.corpus(60, salt: 2).split(separator: "\n")
        .map { $0.split(separator: "\t")[1] + "\n" }
      let outcome = try Command.docket(
        ["classify", model] + options, input: Array(texts.joined().utf8), folder: folder.path)
      #expect(outcome.code == 0, "\(outcome.errors)")
      return outcome.lines.map { $0.prefix { $0 != "\t" } }
    }
  }

  @Test("A model is converted, always to the same bytes, and every verb reads it")
  func verbs() throws {
    let made = try Converted()
    let size = try made.bytes("model.docket").count
    for precision in ["float16", "int8"] {
      let name = precision + ".docket"
      let outcome = try made.convert(precision, "model.docket", to: name)
      #expect(outcome.code == 0 && outcome.output.isEmpty, "\(outcome.errors)")
      let bytes = try made.bytes(name)
      #expect(bytes.count < size)
      let digest = SHA256Digest.hexadecimal(of: bytes)
      #expect(
        outcome.errors.hasPrefix("wrote \(name), \(precision), ")
          && outcome.errors.hasSuffix(" of model.docket, SHA-256 \(digest)\n"), "\(outcome.errors)")
      #expect(try made.convert(precision, "model.docket", to: "again.docket").code == 0)
      #expect(try made.bytes("again.docket") == bytes)
      let shown = try made.docket("show", name)
      #expect(shown.text.contains("\n  precision    \(precision)\n"), "\(shown.text)")
      #expect(
        try made.docket("show", name, "--json").text.contains("\"precision\": \"\(precision)\""))
      let expected = try made.labels("model.docket")
      let found = try made.labels(name)
      #expect(zip(expected, found).count(where: ==) >= 59, "\(found)")
      #expect(try made.labels(name, "--threads", "3") == found)
      let evaluated = try made.docket("evaluate", name, "test.tsv")
      #expect(evaluated.code == 0, "\(evaluated.errors)")
      try made.folder.file("line.txt", "rain and wind\n")
      let explained = try made.docket("explain", name, "--input", "line.txt")
      #expect(explained.code == 0 && !explained.output.isEmpty, "\(explained.errors)")
    }
    let shown = try made.docket("show", "model.docket")
    #expect(!shown.text.contains("precision"))
  }

  @Test("float16 is converted to float32 and back without change; int8 to floats is refused")
  func higher() throws {
    let made = try Converted()
    #expect(try made.convert("float16", "model.docket", to: "half.docket").code == 0)
    #expect(try made.convert("float32", "half.docket", to: "whole.docket").code == 0)
    #expect(try made.convert("float16", "whole.docket", to: "back.docket").code == 0)
    #expect(try made.bytes("back.docket") == made.bytes("half.docket"))
    #expect(try made.convert("int8", "model.docket", to: "int8.docket").code == 0)
    #expect(try made.convert("int8", "int8.docket", to: "same.docket").code == 0)
    #expect(try made.bytes("same.docket") == made.bytes("int8.docket"))
    for precision in ["float32", "float16"] {
      let refused = try made.convert(precision, "int8.docket", to: "out.docket")
      #expect(
        refused.code == 65 && refused.errors.contains("[lost-precision]"), "\(refused.errors)")
      #expect(refused.errors.hasPrefix("int8.docket: error: "))
      #expect(!Folder.exists("\(made.folder.path)/out.docket"))
    }
  }

  @Test("The output cannot be the input, and a failed conversion leaves an earlier output alone")
  func outputs() throws {
    let made = try Converted()
    let bytes = try made.bytes("model.docket")
    let same = try made.convert("int8", "model.docket", to: "./model.docket")
    #expect(same.code == 73 && same.errors.contains("the output is also an input"))
    #expect(try made.bytes("model.docket") == bytes)
    try made.folder.file("damaged.docket", bytes.dropLast())
    try made.folder.file("out.docket", "before")
    let damaged = try made.convert("int8", "damaged.docket", to: "out.docket")
    #expect(damaged.code == 65, "\(damaged.errors)")
    #expect(try made.bytes("out.docket") == Array("before".utf8))
    #expect(try made.convert("int4", "model.docket", to: "o").code == 64)
    #expect(try made.docket("convert", "model.docket", "--precision", "int8").code == 64)
    #expect(try made.convert("int8", "none.docket", to: "o").code == 66)
    let pipeline = try made.convert("int8", "pipeline.yaml", to: "o")
    #expect(pipeline.code == 65, "\(pipeline.errors)")
  }

  @Test(
    "Training is reproduced from a converted model, continued from it, and starts from its layers")
  func training() throws {
    let made = try Converted()
    #expect(try made.convert("int8", "model.docket", to: "int8.docket").code == 0)
    let again = try made.docket("train", "--from", "int8.docket", "--output", "again.docket")
    #expect(again.code == 0, "\(again.errors)")
    #expect(again.errors.contains("the model is byte-identical to int8.docket"))
    try made.folder.file("new.tsv", TinyPipeline.corpus(18, salt: 3))
    let next = try made.docket(
      "train", "--from", "int8.docket", "--set", "corpus.train=new.tsv", "--output", "next.docket")
    #expect(next.code == 0, "\(next.errors)")
    let shown = try made.docket("show", "next.docket")
    #expect(!shown.text.contains("precision"), "\(shown.text)")
    let started = try made.docket(
      "train", "pipeline.yaml", "--set", "classifier.encoder.from=int8.docket", "--output",
      "started.docket")
    #expect(started.code == 0, "\(started.errors)")
  }
}
