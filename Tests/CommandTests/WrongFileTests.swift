import FileAccess
import TestSupport
import Testing

/// Arguments that people mix up. Each message says what was found and what to do.
@Suite struct WrongFileTests {
  private static let folder: Result<TestFolder, any Error> = Result {
    let folder = try TinyPipeline.folder(epochs: 1)
    let outcome = try Command.docket("train", "pipeline.yaml", folder: folder.path)
    try #require(outcome.code == 0)
    let rows = (0..<40).map { "w\($0) x\($0 % 7)" }
    let labels = (0..<40).map { ["sport", "news", "food"][$0 % 3] }
    let swapped = zip(rows, labels).map { "\($0)\t\($1)\n" }.joined()
    try folder.file("swapped.tsv", swapped)
    let untabbed = zip(rows, labels).map { "\($1) \($0)\n" }.joined()
    try folder.file("untabbed.tsv", untabbed)
    let some = zip(rows, labels).enumerated().map { number, row in
      number % 10 == 5 ? "\(row.1) \(row.0)\n" : "\(row.1)\t\(row.0)\n"
    }
    try folder.file("some.tsv", some.joined())
    try folder.file("vectors.txt", "a 1 2\nb 3 4\n")
    return folder
  }

  struct Case: CustomTestStringConvertible {
    var arguments: String
    var code: Int32
    var sentence: String
    var testDescription: String { arguments }

    init(_ arguments: String, _ code: Int32, _ sentence: String) {
      (self.arguments, self.code, self.sentence) = (arguments, code, sentence)
    }
  }

  private static let toPipeline =
    "expected a pipeline file, found labelled documents (tsv); to write a pipeline file for this "
    + "corpus, use docket init train.tsv --output pipeline.yaml [wrong-file]"
  private static let toModel = "expected a model, found a pipeline file; to train a model, use"

  private static let cases = [
    Case("run train.tsv", 65, toPipeline),
    Case("check train.tsv", 65, toPipeline),
    Case("train train.tsv", 65, toPipeline),
    Case("run model.docket", 65, "expected a pipeline file, found a model; to classify documents"),
    Case("check model.docket", 65, "expected a pipeline file, found a model"),
    Case("run .", 66, "expected a regular file, found a folder"),
    Case("evaluate test.tsv model.docket", 65, "use docket evaluate MODEL test.tsv [wrong-file]"),
    Case("evaluate pipeline.yaml test.tsv", 65, toModel),
    Case("evaluate model.docket pipeline.yaml", 65, "expected a corpus, found a pipeline file"),
    Case("classify pipeline.yaml", 65, toModel),
    Case("explain pipeline.yaml", 65, toModel),
    Case("show pipeline.yaml", 65, toModel),
    Case("show train.tsv", 65, "expected a model, found labelled documents (tsv)"),
    Case("classify nosuch.docket", 66, "nosuch.docket: error: no such file or folder"),
    Case("init nosuch.tsv", 66, "nosuch.tsv: error: no such file or folder [file-missing]"),
    Case("init train.tsv --vectors nosuch.bin", 66, "nosuch.bin: error: no such file or folder"),
    Case("init model.docket", 65, "expected a corpus, found a model"),
    Case("init pipeline.yaml", 65, "expected a corpus, found a pipeline file"),
    Case(
      "init untabbed.tsv", 65,
      "untabbed.tsv:1: error: no tab; expected label<TAB>text [wrong-columns]"),
    Case("init swapped.tsv", 65, "the columns seem to be swapped"),
    Case("check pipeline.yaml --set corpus.train=swapped.tsv", 65, "seem to be swapped"),
    Case("classify model.docket test.tsv", 64, "use --input test.tsv to read a file."),
    Case("explain model.docket test.tsv", 64, "use --input test.tsv to read a file."),
    Case("clasify model.docket", 64, "unknown command \"clasify\"; did you mean \"classify\"?"),
    Case("word2vec", 64, "unknown command \"word2vec\"; known: init, run, check, train"),
    Case("vectors inf vectors.txt", 64, "unknown command \"inf\"; did you mean \"info\"?"),
  ]

  @Test("A misplaced argument gets its own sentence", arguments: cases)
  func misplaced(example: Case) throws {
    let folder = try Self.folder.get()
    let outcome = try Command.docket(
      example.arguments.split(separator: " ").map(String.init), folder: folder.path)
    #expect(outcome.code == example.code, "\(outcome.errors)")
    #expect(outcome.errors.contains(example.sentence), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  @Test("Rows that cannot be used are counted at the top of a draft")
  func unusableRows() throws {
    let outcome = try Command.docket("init", "some.tsv", folder: try Self.folder.get().path)
    #expect(outcome.code == 0)
    #expect(outcome.text.contains("First fix or remove 4 unusable rows, which docket check lists"))
  }

  @Test("A right file with an error in it keeps the error's position")
  func rightFile() throws {
    let folder = try Self.folder.get()
    try folder.file("wrong.yaml", "docket: 1\ncorpus: {train: train.tsv}\nclasifier: ngrams.v1\n")
    let outcome = try Command.docket("check", "wrong.yaml", folder: folder.path)
    #expect(outcome.code == 65)
    #expect(outcome.errors.contains("wrong.yaml:3:1: error: "))
    let damaged = try InputFile.readAll(path: "\(folder.path)/model.docket", limit: 1 << 26)
    try folder.file("damaged.docket", damaged.dropLast(9))
    let shown = try Command.docket("show", "damaged.docket", folder: folder.path)
    #expect(shown.code == 65 && shown.errors.contains("damaged"), "\(shown.errors)")
  }

  @Test(
    "A help request for a verb is not an unknown verb",
    arguments: [["help", "run"], ["--help"], ["vectors"]])
  func help(arguments: [String]) throws {
    let outcome = try Command.docket(arguments)
    #expect(outcome.code == 0 && outcome.text.contains("USAGE"))
  }
}
