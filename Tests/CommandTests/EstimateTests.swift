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

  @Test("The time grows with the epochs, and the memory holds what a run takes")
  func grows() throws {
    let folder = try TinyPipeline.folder(epochs: 10, documents: 900)
    let few = try estimate(folder)
    let many = try estimate(folder, "--set", "training.epochs=2000")
    #expect(many.0 > 10 * few.0, "\(few) \(many)")
    let run = try Command.docket("run", "pipeline.yaml", folder: folder.path)
    #expect(run.code == 0)
    #expect(few.1 > 0.6 * Double(run.peakMemory), "\(few) \(run.peakMemory)")
    #expect(few.1 < 4 * Double(run.peakMemory), "\(few) \(run.peakMemory)")
  }

  @Test("A run of hours is a warning, and faults leave no estimate")
  func warnings() throws {
    let folder = try TinyPipeline.folder(epochs: 10, documents: 900)
    let long = try Command.docket(
      "check", "pipeline.yaml", "--set", "training.epochs=10000", "--set", "classifier.hidden=512",
      folder: folder.path)
    #expect(long.text.contains("docket init --fast drafts a classifier that takes less [long-run]"))
    try folder.file("train.tsv", TinyPipeline.corpus(90) + "cooking \tbread\n")
    let faulty = try Command.docket("check", "pipeline.yaml", folder: folder.path)
    #expect(faulty.code == 1 && !faulty.text.contains("a run takes about"), "\(faulty.text)")
  }

  @Test("Checking changes nothing and trains no vectors to the end")
  func quick() throws {
    let folder = try TinyPipeline.folder(epochs: 1000, documents: 90)
    let before = folder.names
    let started = ContinuousClock.now
    let outcome = try Command.docket("check", "pipeline.yaml", folder: folder.path)
    #expect(outcome.code == 0 && outcome.text.contains("a run takes about "))
    #expect(ContinuousClock.now - started < .seconds(30))
    #expect(folder.names == before)
  }
}
