import FileAccess
import TestSupport
import Testing

/// `docket audit`.
@Suite("audit")
struct AuditTests {
  /// A corpus with two wrong labels, in lines 18 and 61, and a duplicate under another label.
  private static func folder() throws -> TestFolder {
    let folder = try TinyPipeline.folder(epochs: 1)
    var lines = TinyCorpus.documents(120).map { "\($0.label)\t\($0.text)" }
    for (number, label) in [(17, "music"), (60, "weather")] {
      lines[number] = label + "\t" + lines[number].split(separator: "\t")[1]
    }
    lines.append("weather\t" + lines[3].split(separator: "\t")[1])
    try folder.file("train.tsv", lines.map { $0 + "\n" }.joined())
    try folder.file(
      "linear.yaml", "docket: 1\ncorpus: {train: train.tsv}\nlanguage: en\nclassifier: ngrams.v1\n")
    return folder
  }

  private static func records(_ path: String) throws -> [JSONValue] {
    try InputFile.readAll(path: path, limit: 1 << 24).split(separator: 10).map {
      try JSONValue.parse(Array($0), file: path)
    }
  }

  @Test("Wrong labels come first, with position, suggestion and text")
  func labels() throws {
    let folder = try Self.folder()
    let outcome = try Command.docket("audit", "linear.yaml", folder: folder.path)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errorLines.last == "wrote audit.json, audit.jsonl to runs/linear")
    let records = try Self.records("\(folder.path)/runs/linear/audit.jsonl")
    let errors = records.filter { $0["kind"]?.string == "label" }
    #expect(records.allSatisfy { $0["file"]?.string == "train.tsv" && $0["position"] == nil })
    let first = errors.prefix(3).compactMap { $0["line"]?.integer }
    #expect(Set(first).isSuperset(of: [18, 61]), "\(first)")
    for error in errors.prefix(3) where error["line"]?.integer == 61 {
      #expect(error["label"]?.string == "weather" && error["suggested"]?.string == "cooking")
      #expect(error["text"]?.string == TinyCorpus.documents(120)[60].text)
    }
    let conflicts = records.filter { $0["kind"]?.string == "duplicate" }
    #expect(
      conflicts.contains {
        $0["line"]?.integer == 121 && $0["earlier"]?["file"]?.string == "train.tsv"
          && $0["earlier"]?["line"]?.integer == 4
      })
    let summary = try JSONValue.parse(
      InputFile.readAll(path: "\(folder.path)/runs/linear/audit.json", limit: 1 << 20), file: "")
    #expect(summary["labelErrors"]?.integer == errors.count)
    #expect(summary["duplicates"]?.integer == conflicts.count)
    #expect(summary["documents"]?.integer == 121)
  }

  @Test(
    "--no-texts, or the setting of the report, leaves the documents out of all results",
    arguments: [["--no-texts"], ["--set", "report.texts=none"]])
  func noTexts(options: [String]) throws {
    let folder = try Self.folder()
    let outcome = try Command.docket(
      ["audit", "linear.yaml", "--output", "out"] + options, folder: folder.path)
    #expect(outcome.code == 0)
    let bytes = try InputFile.readAll(path: "\(folder.path)/out/audit.jsonl", limit: 1 << 20)
    let records = String(decoding: bytes, as: UTF8.self)
    for text in [outcome.text, records] {
      #expect(!text.contains("today"))
    }
    #expect(outcome.text.contains("train.tsv:61") && records.contains("\"line\":61,"))
    #expect(!records.contains("\"text\""))
  }

  @Test("The output says which documents are not audited, and how to include them")
  func scope() throws {
    let folder = try Self.folder()
    func audit(_ settings: String...) throws -> (documents: Int?, scope: String?) {
      let options = settings.flatMap { ["--set", $0] }
      let text = try Command.docket(["audit", "linear.yaml"] + options, folder: folder.path)
      #expect(text.code == 0, "\(text.errors)")
      let json = try JSONValue.parse(
        InputFile.readAll(path: "\(folder.path)/runs/linear/audit.json", limit: 1 << 20), file: "")
      #expect(json["part"]?.string == "train")
      let scope = json["notAudited"]?.string
      #expect(text.lines.contains { $0.hasPrefix("not audited: ") } == (scope != nil))
      if let scope { #expect(text.lines.contains(scope), "\(text.text)") }
      return (json["documents"]?.integer, scope)
    }
    let all = try audit()
    #expect(all.documents == 121 && all.scope == nil)
    let share = try audit("corpus.testShare=0.2")
    #expect(share.documents == 97 && share.scope?.hasSuffix("--set corpus.testShare=0") == true)
    let file = try audit("corpus.test=test.tsv")
    #expect(file.documents == 121)
    let advice = "--set 'corpus.train=[train.tsv, test.tsv]'"
    #expect(file.scope == "not audited: corpus.test; to include it, use \(advice)")
    let both = try audit("corpus.test=test.tsv", "corpus.train=[train.tsv, test.tsv]")
    #expect(both.documents == 151 && both.scope == nil)
    let validation = try audit("corpus.validation=test.tsv")
    #expect(validation.scope?.hasPrefix("not audited: corpus.validation; to include it") == true)
  }

  @Test("The result is the same for any number of threads, and from a network too")
  func threads() throws {
    let folder = try Self.folder()
    let results = try ["1", "3"].map { threads in
      let outcome = try Command.docket(
        "audit", "pipeline.yaml", "--threads", threads, "--folds", "3", "--json", "--output",
        threads, folder: folder.path)
      #expect(outcome.code == 0, "\(outcome.errors)")
      let records = try InputFile.readAll(
        path: "\(folder.path)/\(threads)/audit.jsonl", limit: 1 << 24)
      return outcome.output + records
    }
    #expect(results[0] == results[1])
  }
}
