import FileAccess
import TestSupport
import Testing

/// `docket explain`: the share of each token in a decision.
@Suite struct ExplainTests {
  private static func explain(_ arguments: String..., input: String) throws -> Command.Outcome {
    try Command.docket(["explain", SharedRun.model] + arguments, input: Array(input.utf8))
  }

  @Test("A record has the label, the probability and every token with its share")
  func text() throws {
    let input = "The CHOIR today\n\nrain"
    let outcome = try Self.explain(input: input)
    #expect(outcome.code == 0)
    let labels = try Command.docket("classify", SharedRun.model, input: Array(input.utf8)).lines
    #expect(outcome.lines.count == 3)
    for (line, label) in zip(outcome.lines, labels) { #expect(line.hasPrefix(label)) }
    let fields = outcome.lines[0].split(separator: "\t")
    #expect([fields[2], fields[4], fields[6]] == ["the", "choir", "today"])
    for field in [fields[3], fields[5], fields[7]] {
      #expect(field.hasPrefix("+") || field.hasPrefix("-"))
      #expect(Double(field) != nil)
    }
    #expect(outcome.lines[1] == labels[1])
  }

  @Test("In JSON, a token has its byte range in the original document, and failures have records")
  func json() throws {
    let document = "سلام drum ＣＨＯＩＲ violin"
    let outcome = try Self.explain(
      "--json", "--format", "jsonl", input: "{\"id\":\"x\",\"text\":\"\(document)\"}\n[]\n")
    #expect(outcome.code == 1)
    #expect(outcome.errors == "1 of 2 documents could not be used: 1 not-an-object\n")
    let records = try outcome.lines.map { try JSONValue.parse(Array($0.utf8), file: "record") }
    try #require(records.count == 2)
    #expect(records[0]["id"] == .string("x"))
    #expect(records[0]["label"]?.string == "music")
    // The network is left out of this model.
    #expect(records[0]["method"]?.string == "linear" && records[0]["neutral"] == nil)
    for key in ["probability", "score", "base"] { #expect(records[0][key]?.double != nil) }
    let tokens = try #require(records[0]["tokens"]?.array)
    #expect(tokens.compactMap { $0["token"]?.string } == ["سلام", "drum", "choir", "violin"])
    let bytes = tokens.map { $0["bytes"]?.array?.compactMap(\.integer) ?? [] }
    #expect(bytes == [[0, 8], [9, 13], [14, 29], [30, 36]])
    #expect(tokens.compactMap { $0["share"]?.double }.count == 4)
    #expect(records[1]["error"]?["code"]?.string == "not-an-object")
  }

  @Test("The record of a network has the figures of the integral, and gates need no warning")
  func network() throws {
    let folder = try TinyPipeline.folder(epochs: 4)
    let trained = try Command.docket(
      "train", "pipeline.yaml", "--set", "classifier.ngrams=0", "--quiet", folder: folder.path)
    #expect(trained.code == 0, "\(trained.errors)")
    let outcome = try Command.docket(
      "explain", "model.docket", "--json", "--gates", input: Array("drum choir violin\n".utf8),
      folder: folder.path)
    #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let record = try JSONValue.parse(outcome.output, file: "record")
    #expect(record["method"]?.string == "integrated-gradients")
    for key in ["probability", "score", "base", "neutral", "points", "unresolved", "gap"] {
      #expect(record[key]?.double != nil, "\(key)")
    }
    let leftOut = try Self.explain("--gates", input: "drum choir violin\n")
    #expect(leftOut.code == 0)
    #expect(leftOut.errors.contains("the network is left out"), "\(leftOut.errors)")
    #expect(leftOut.errors.contains("the gates do not affect the prediction"))
  }

  @Test("--label explains another label; --tokens prints only the largest shares")
  func options() throws {
    let input = "choir drum violin concert today\n"
    let all = try Self.explain(input: input).lines[0].split(separator: "\t").dropFirst(2)
    let shares = all.compactMap { Double($0) }
    let strongest = try Self.explain("--tokens", "1", input: input).lines[0].split(separator: "\t")
    #expect(strongest.count == 4 && strongest[0] == "music")
    #expect(Double(strongest[3])?.magnitude == shares.map(\.magnitude).max())
    // A token that supports one label opposes the others.
    var sums = Array(repeating: 0.0, count: shares.count)
    for (label, _) in TinyCorpus.topics {
      let record = try Self.explain("--label", label, input: input)
      #expect(record.text.hasPrefix("\(label)\t"))
      let shares = record.lines[0].split(separator: "\t").dropFirst(2).compactMap { Double($0) }
      for (token, share) in shares.enumerated() { sums[token] += share }
    }
    #expect(sums.allSatisfy { abs($0) < 1e-3 })
    let unknown = try Self.explain("--label", "wether", input: "")
    #expect(unknown.code == 64)
    #expect(unknown.errors.contains("did you mean \"weather\"?"))
  }

  @Test("Any number of threads prints the same records")
  func threads() throws {
    let input = TinyPipeline.corpus(30)
    let one = try Self.explain("--json", "--threads", "1", input: input)
    let three = try Self.explain("--json", "--threads", "3", input: input)
    #expect(one.output == three.output)
    #expect(one.lines.count == 30)
  }

  private static func records(
    _ arguments: String..., input: String
  ) throws -> [JSONValue] {
    try Command.docket(
      ["explain", SharedRun.model, "--json"] + arguments, input: Array(input.utf8)
    )
    .lines.map { try JSONValue.parse(Array($0.utf8), file: "record") }
  }

  @Test("Shares sum to the score less that of no tokens; --method removal computes them by removal")
  func methods() throws {
    let input = "choir drum violin concert today\n"
    let record = try #require(try Self.records("--check", input: input).first)
    let tokens = try #require(record["tokens"]?.array)
    let sum = tokens.compactMap { $0["share"]?.double }.reduce(0, +)
    let (score, base) = (
      try #require(record["score"]?.double), try #require(record["base"]?.double)
    )
    #expect(abs(sum - (score - base)) <= 0.01 * abs(score - base) + 2e-4)
    #expect((-1...1).contains(try #require(record["agreement"]?.double)))
    let removal = try #require(try Self.records("--method", "removal", input: input).first)
    #expect(removal["method"]?.string == "removal")
    #expect(removal["neutral"] == nil)
    let shares = removal["tokens"]?.array?.compactMap { $0["share"]?.double }
    #expect(shares == tokens.compactMap { $0["removal"]?.double })
    #expect(shares?.count == 5)
  }

  @Test("--gates shows each direction: a member in JSON, a chart in text")
  func gates() throws {
    let record = try #require(
      try Self.records("--gates", "--units", "2", input: "choir drum today\n\n").first)
    let gates = try #require(record["gates"]?.array)
    #expect(gates.compactMap { $0["direction"]?.string } == ["forward", "backward"])
    for trace in gates {
      for name in ["input", "forget", "output", "cell", "hidden"] {
        let values = trace["means"]?[name]?.array?.compactMap(\.double)
        #expect(values?.count == 3 && values?.allSatisfy { (0...1.5).contains($0) } == true)
      }
      #expect(trace["influence"]?.array?.count == 3)
      #expect(trace["units"]?.array?.count == 2)
    }
    let text = try Self.explain("--gates", input: "choir drum today\n\n")
    #expect(text.code == 0)
    #expect(text.lines.contains("layer 1, forward") && text.lines.contains("layer 1, backward"))
    #expect(text.lines.contains { $0.hasPrefix("strongest units: ") })
    #expect(text.lines.contains { $0.hasPrefix("choir") && $0.contains("█") })
  }

  @Test("--heat-map prints the text with its strong tokens marked, without colours in a pipe")
  func heatMap() throws {
    let outcome = try Self.explain("--heat-map", input: "The CHOIR, today\n\n")
    let fields = outcome.lines[0].split(separator: "\t")
    #expect(fields.count == 3 && outcome.lines.count == 2)
    #expect(fields[2].contains("[CHOIR "))
    #expect(!outcome.text.contains("\u{1B}"))
  }

  @Test("--html writes a page with every usable document")
  func html() throws {
    let folder = TestFolder()
    let path = "\(folder.path)/page.html"
    let outcome = try Self.explain(
      "--html", path, "--gates", "--format", "jsonl",
      input: "{\"text\":\"<b>choir</b> drum\",\"id\":\"a\"}\n[]\n")
    #expect(outcome.code == 1)
    let page = String(
      decoding: try InputFile.readAll(path: path, limit: 1 << 20), as: UTF8.self)
    #expect(page.contains("<bdi>a</bdi>") && page.contains("choir</span>"))
    #expect(!page.contains("<b>choir"))
    #expect(page.contains("Layer 1, backward"))
    let again = try Self.explain("--html", SharedRun.model, input: "")
    #expect(again.code == 73)
  }

  @Test("Options without effect are usage errors")
  func usage() throws {
    for arguments in [
      ["--units", "2"], ["--check"], ["--json", "--heat-map"], ["--units", "-1"],
    ] {
      let outcome = try Command.docket(["explain", SharedRun.model] + arguments, input: [])
      #expect(outcome.code == 64, "\(arguments)")
    }
  }
}
