import FileAccess
import TestSupport
import Testing

/// The time and the memory that `check` estimates.
@Suite struct EstimateTests {
  private func estimate(_ folder: TestFolder, _ options: String...) throws -> (Double, Double) {
    let outcome = try Command.docket(
      ["check", "pipeline.yaml", "--json"] + options, folder: folder.path)
    #expect(outcome.code == 0, "\(outcome.text)")
    let estimate = try #require(
      JSONValue.parse(outcome.output, file: "check")["estimate"], "\(outcome.text)")
    return (try #require(estimate["seconds"]?.double), try #require(estimate["bytes"]?.double))
  }

  @Test("The estimated memory is about what a run takes")
  func memory() throws {
    let folder = try TinyPipeline.folder(epochs: 10, documents: 900)
    let bytes = try estimate(folder).1
    let run = try Command.docket("run", "pipeline.yaml", folder: folder.path)
    #expect(run.code == 0)
    #expect(bytes > 0.6 * Double(run.peakMemory), "\(bytes) \(run.peakMemory)")
    #expect(bytes < 4 * Double(run.peakMemory), "\(bytes) \(run.peakMemory)")
  }

  @Test("A pipeline with faults has no estimate")
  func faults() throws {
    let folder = try TinyPipeline.folder(epochs: 10, documents: 90)
    try folder.file("train.tsv", TinyPipeline.corpus(90) + "cooking \tbread\n")
    let faulty = try Command.docket("check", "pipeline.yaml", folder: folder.path)
    #expect(faulty.code == 1 && !faulty.text.contains("a run takes about"), "\(faulty.text)")
  }

  @Test("The estimate leaves no files and does not train to the end")
  func quick() throws {
    // Training to the end would exceed the time that `Command` waits.
    let folder = try TinyPipeline.folder(epochs: 10_000, documents: 900)
    let before = folder.names
    let outcome = try Command.docket("check", "pipeline.yaml", folder: folder.path)
    #expect(outcome.code == 0 && outcome.text.contains("a run takes about "))
    #expect(folder.names == before)
  }

  @Test(
    "init says what a run of the draft takes, on standard error, and --quiet does not measure it",
    arguments: [[], ["--fast"], ["--output", "drafted.yaml"]])
  func draft(options: [String]) throws {
    let folder = try TinyPipeline.folder(epochs: 10, documents: 90)
    let drafted = try Command.docket(["init", "train.tsv"] + options, folder: folder.path)
    #expect(drafted.code == 0 && drafted.errors.contains("a run takes about "), "\(drafted.errors)")
    #expect(!drafted.text.contains("a run takes about "))
    let quiet = try Command.docket(
      ["init", "train.tsv", "--quiet", "--force"] + options, folder: folder.path)
    #expect(quiet.code == 0 && quiet.errors.isEmpty, "\(quiet.errors)")
  }

  @Test("check warns about a run of more than an hour")
  func long() throws {
    let folder = try TinyPipeline.folder(epochs: 10_000, documents: 900)
    let check = try Command.docket(
      "check", "pipeline.yaml", "--set", "classifier.hidden=512", folder: folder.path)
    #expect(check.text.contains("[long-run]"), "\(check.text)")
  }
}
