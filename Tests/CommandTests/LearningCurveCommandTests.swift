import FileAccess
import Testing
import TestSupport

/// `docket run --learning-curve`.
@Suite struct LearningCurveCommandTests {
  @Test("Plot, numbers and answer are written; the model is that of any other run")
  func leaves() throws {
    let folder = try TinyPipeline.folder(epochs: 1, documents: 180)
    func run(_ output: String, _ options: String...) throws -> Command.Outcome {
      let outcome = try Command.docket(
        ["run", "pipeline.yaml", "--output", output] + options, folder: folder.path)
      #expect(outcome.code == 0, "\(outcome.errors)")
      return outcome
    }
    func bytes(_ name: String) throws -> [UInt8] {
      try InputFile.readAll(path: "\(folder.path)/\(name)", limit: 1 << 24)
    }
    _ = try run("plain")
    let curved = try run("one", "--learning-curve", "--threads", "1")
    _ = try run("three", "--learning-curve", "--threads", "3")
    #expect(
      try Folder.names(in: folder.path + "/one") == [
        "errors.jsonl", "learning-curve.json", "learning-curve.svg", "model.docket",
        "report.html", "report.json", "report.txt",
      ])
    #expect(try bytes("plain/model.docket") == bytes("one/model.docket"))
    for name in ["learning-curve.json", "learning-curve.svg"] {
      #expect(try bytes("one/\(name)") == bytes("three/\(name)"), "\(name)")
    }
    let curve = try JSONValue.parse(try bytes("one/learning-curve.json"), file: "json")
    let report = try JSONValue.parse(try bytes("one/report.json"), file: "json")
    #expect(report["learningCurve"] == curve)
    // 162 of 180 documents are training documents, with equal numbers per label.
    let points = try #require(curve["points"]?.array)
    #expect(points.compactMap { $0["documents"]?.integer } == [21, 42, 81, 162])
    // Each training has the same number of steps, so fewer documents have more epochs.
    #expect(points.compactMap { $0["epochs"]?.integer } == [8, 4, 2, 1])
    #expect(points.last?["accuracy"] == report["accuracy"])
    #expect(points.last?["baselineAccuracy"] == report["baseline"]?["accuracy"])
    #expect(points.allSatisfy { $0["baselineMacroF1"]?.double != nil })
    let answer = try #require(curve["answer"]?.string)
    #expect(curved.lines.contains(answer))
    #expect(curved.errorLines.count { $0.hasPrefix("learning curve: ") } == 3)
    let page = String(decoding: try bytes("one/report.html"), as: UTF8.self)
    #expect(page.contains("Would more data help?") && page.contains("\(answer)."))
  }
}
