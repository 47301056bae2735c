import FileAccess
import Testing
import TestSupport

/// `docket train --find-rate`.
@Suite struct FindRateTests {
  @Test("--find-rate plots the loss against the rate, as text or JSON, and writes no model")
  func draws() throws {
    let folder = try TinyPipeline.folder()
    let names = folder.names
    let text = try Command.docket("train", "pipeline.yaml", "--find-rate", folder: folder.path)
    #expect(text.code == 0, "\(text.errors)")
    #expect(text.lines.first == "loss")
    #expect(text.lines.last?.contains("; try a twentieth of that") == true, "\(text.text)")
    #expect(text.lines.filter { $0.contains("|") }.count == 14)
    let json = try Command.docket(
      "train", "pipeline.yaml", "--find-rate", "--json", "--threads", "3", folder: folder.path)
    let curve = try JSONValue.parse(json.output, file: "output")
    let points = try #require(curve["points"]?.array)
    #expect(points.count > 20)
    #expect(points.allSatisfy { $0["rate"]?.double != nil && $0["loss"]?.double != nil })
    let suggestion = try #require(curve["suggestion"]?.double)
    #expect((1e-3...0.5).contains(suggestion))
    #expect(curve["growing"]?.double.map { ($0 / suggestion - 20).magnitude < 1e-9 } == true)
    #expect(folder.names == names)
    let again = try Command.docket(
      "train", "pipeline.yaml", "--find-rate", "--json", "--threads", "1", folder: folder.path)
    #expect(again.output == json.output)
  }

  @Test("--find-rate is refused for a classifier without a learning rate")
  func nothingToFind() throws {
    let folder = try TinyPipeline.folder()
    try folder.file(
      "pipeline.yaml",
      "docket: 1\ncorpus:\n  train: train.tsv\ntokenizer: words.v1\nclassifier: ngrams.v1\n")
    let outcome = try Command.docket("train", "pipeline.yaml", "--find-rate", folder: folder.path)
    #expect(outcome.code == 65)
    #expect(outcome.errors.contains("so there is no rate to find"), "\(outcome.errors)")
    let json = try Command.docket("train", "pipeline.yaml", "--json", folder: folder.path)
    #expect(json.code == 64)
  }
}
