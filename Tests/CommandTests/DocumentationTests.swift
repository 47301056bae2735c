import Docket
import FileAccess
import Glibc
import Testing

/// README.md and Documentation/ show what the command prints today.
///
/// With `DOCKET_UPDATE_GOLDEN=1` in the environment the first test writes the new outputs, tables and
/// samples into the pages; look at the difference before you commit it.
@Suite("Documentation")
struct DocumentationTests {
  private static let pages = (try? DocumentationPage.all()) ?? []
  private static let isUpdating = getenv("DOCKET_UPDATE_GOLDEN") != nil
  /// Blocks that no test can run: they need an outside corpus, an interruption or another program.
  private static let blocksNotRun = 9

  @Test("A page shows what its commands print", arguments: pages)
  func outputs(page: DocumentationPage) throws {
    var edits = try Self.consoleEdits(of: page)
    if !page.generated.isEmpty {
      let reference = try DocumentationReference()
      for (name, range) in page.generated {
        edits.append((range, [""] + (try reference.lines(for: name)) + [""]))
      }
    }
    for block in page.blocks where block.language == "swift" {
      let sample = try Self.sample(#require(block.comment("from"), "a sample has no source"))
      edits.append((block.range, sample))
    }
    if Self.isUpdating { edits += try Self.pythonEdits(of: page) }
    edits = edits.filter { Array(page.lines[$0.range]) != $0.lines }
    guard Self.isUpdating else {
      for (range, lines) in edits { report(range, lines, in: page) }
      return
    }
    guard !edits.isEmpty else { return }
    var page = page
    for (range, lines) in edits.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
      page.lines.replaceSubrange(range, with: lines)
    }
    try page.write()
  }

  @Test(
    "A page shows what its Python prints",
    .enabled(
      if: DocumentationPython.isAvailable,
      "python3 with pandas and scikit-learn is needed to run the Python of the pages"),
    arguments: pages)
  func python(page: DocumentationPage) throws {
    // When the pages are updated, the test `outputs` writes all parts of a page.
    guard !Self.isUpdating else { return }
    for (range, lines) in try Self.pythonEdits(of: page) where Array(page.lines[range]) != lines {
      report(range, lines, in: page)
    }
  }

  /// Returns what Python blocks print now, for each block whose output the page shows.
  private static func pythonEdits(of page: DocumentationPage) throws -> [Edit] {
    let python = DocumentationPython(page)
    guard DocumentationPython.isAvailable, !python.isEmpty else { return [] }
    return try python.run().compactMap { result in
      guard result.shown.isEmpty, result.found.isEmpty else { return (result.shown, result.found) }
      return nil
    }
  }

  /// A range of lines, and what it should hold.
  private typealias Edit = (range: Range<Int>, lines: [String])

  /// Returns what is printed now, where it differs from what a page shows.
  private static func consoleEdits(of page: DocumentationPage) throws -> [Edit] {
    let consoles = page.blocks.filter {
      $0.language == "console" && $0.comment("not run") == nil || $0.comment("file") != nil
    }
    guard !consoles.isEmpty else { return [] }
    let folder = try DocumentationFolder()
    var edits: [Edit] = []
    for block in consoles {
      try folder.run(block.comments("setup"))
      if let name = block.comment("file") {
        try folder.write(name, page.content(of: block))
        continue
      }
      let console = DocumentationConsole(block, of: page)
      let results = try console.run(in: folder.path)
      for (number, (step, result)) in zip(console.steps, results).enumerated() {
        let shown = page.lines[step.output].map { String($0.dropFirst(block.indent)) }
        let found = DocumentationConsole.abridged(result.lines, like: shown)
        let next = number + 1 < results.count ? console.steps[number + 1].command : ""
        #expect(
          result.code == 0 || next == "echo $?",
          "\(page.name):\(step.line + 1): exit code \(result.code), and no `$ echo $?` shows it")
        let isSame =
          DocumentationConsole.normalized(found) == DocumentationConsole.normalized(shown)
        let indent = String(repeating: " ", count: block.indent)
        if !isSame { edits.append((step.output, found.map { $0.isEmpty ? $0 : indent + $0 })) }
      }
    }
    return edits
  }

  /// The part of a source file between `// sample: name` and `// end of sample`.
  private static func sample(_ source: String) throws -> [String] {
    let words = source.split(separator: ", ").map(String.init)
    try #require(words.count == 2, "expected a path and the name of a sample: \(source)")
    let file = try DocumentationPage(words[0]).lines
    let start = try #require(
      file.firstIndex { $0.hasSuffix("// sample: \(words[1])") }, "no sample \(source)")
    let end = try #require(file[start...].firstIndex { $0.hasSuffix("// end of sample") })
    let lines = file[start + 1..<end]
    let indent = lines.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
    return lines.map { String($0.dropFirst(indent)) }
  }

  private func report(_ range: Range<Int>, _ lines: [String], in page: DocumentationPage) {
    let shown = Array(page.lines[range])
    let number = zip(shown, lines).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    let first = number ?? min(shown.count, lines.count)
    let line = { (lines: [String]) in lines.indices.contains(first) ? lines[first] : "(nothing)" }
    Issue.record(
      """
      \(page.name):\(range.lowerBound + first + 1): the page is out of date; run the tests with \
      DOCKET_UPDATE_GOLDEN=1
      shown: \(line(shown))
      found: \(line(lines))
      """)
  }

  @Test("Every block says what it is, and every one that is not run says why")
  func blocks() throws {
    let known = ["console", "yaml", "json", "swift", "python", "text"]
    var notRun: [String] = []
    for page in Self.pages {
      #expect(DocumentationPython(page).showsOutputs, "\(page.name): Python without its output")
      for block in page.blocks {
        let place = "\(page.name):\(block.range.lowerBound)"
        #expect(known.contains(block.language), "\(place): \(block.language)")
        let isCommand = page.content(of: block).contains {
          $0.hasPrefix("$ ") || $0.hasPrefix("docket ")
        }
        if block.language != "console" { #expect(!isCommand, "\(place): a command not run") }
        if let reason = block.comment("not run") {
          notRun.append(place)
          #expect(reason.count > 10, "\(place): why not?")
        }
      }
    }
    #expect(notRun.count == Self.blocksNotRun, "\(notRun)")
  }

  @Test("Every pipeline file that is shown is one, and every part of one fits the rest")
  func pipelines() throws {
    var stages = StageRegistry.builtIn
    stages.programAccess = .described
    let rest = [
      "docket": "docket: 1", "tokenizer": "tokenizer: words.v1",
      "embedding": "embedding: random.v1", "classifier": "classifier: bilstm.v1",
    ]
    for page in Self.pages {
      for block in page.blocks where block.language == "yaml" {
        var lines = page.content(of: block)
        let keys = lines.compactMap { line in line.firstIndex(of: ":").map { line[..<$0] } }
        let hasLanguage = keys.contains("language")
        let isLinear = lines.contains("classifier: ngrams.v1")
        for (key, line) in rest.sorted(by: { $0.key < $1.key }) where !keys.contains(key[...]) {
          if key == "tokenizer" && hasLanguage || key == "embedding" && isLinear { continue }
          lines.append(line)
        }
        let place = "\(page.name):\(block.range.lowerBound)"
        #expect(throws: Never.self, "\(place)") {
          _ = try PipelineDescription.parse(
            lines.joined(separator: "\n") + "\n", name: place, stages: stages,
            requireFiles: false)
        }
      }
    }
  }

  @Test("Every stage that ships is named, and every stage that is named ships")
  func stages() throws {
    let shipped = Set(try DocumentationReference().stageNames)
    var named: Set<String> = []
    for page in Self.pages {
      let samples = page.blocks.filter { $0.language == "swift" }
      for (number, line) in page.lines.enumerated()
      where !samples.contains(where: { $0.range.contains(number) }) {
        for word in line.split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == ".") })
        where word.hasSuffix(".v1") {
          named.insert(String(word))
        }
      }
    }
    #expect(shipped.subtracting(named) == [])
    #expect(named.subtracting(shipped).subtracting(["hashtags.v1", "something.v1"]) == [])
  }

  @Test("README.md is short and links every page")
  func readme() throws {
    let readme = try DocumentationPage("README.md")
    #expect(readme.lines.count <= 150)
    for (number, line) in readme.lines.enumerated() {
      #expect(line.count <= 100, "README.md:\(number + 1) has \(line.count) columns")
    }
    let text = readme.lines.joined(separator: "\n")
    for page in Self.pages.dropFirst() {
      #expect(text.contains("(\(page.name))"), "README.md has no link to \(page.name)")
    }
  }

  @Test("Lines of text have at most 100 columns")
  func width() throws {
    for page in Self.pages {
      for (number, line) in page.prose where !line.hasPrefix("|") {
        #expect(line.count <= 100, "\(page.name):\(number + 1) has \(line.count) columns")
      }
    }
  }

  @Test("Every link leads to a file that is there")
  func links() throws {
    let others =
      ["CHANGELOG.md", "CONTRIBUTING.md", "Benchmarks/README.md", "Tests/README.md"]
      + ["audit", "little-data", "text", "vectors", "vectors-training"].map {
        "Benchmarks/\($0).md"
      }
      + ["debian-sections", "newsdesk"].map { "corpora/\($0)/README.md" }
    for page in try Self.pages + others.map(DocumentationPage.init) {
      for (number, line) in page.prose {
        for match in line.matches(of: /\]\(([^)\s]+)\)/) where !match.1.hasPrefix("http") {
          let place = "\(page.name):\(number + 1)"
          let parts = match.1.split(separator: "#", omittingEmptySubsequences: false)
          let path = Folder.split("\(DocumentationPage.root)/\(page.name)").folder + "/\(parts[0])"
          if !parts[0].isEmpty { #expect(access(path, F_OK) == 0, "\(place): \(match.1)") }
          guard parts.count == 2 else { continue }
          let target = parts[0].isEmpty ? page : try Self.page(at: path)
          #expect(target.anchors.contains(String(parts[1])), "\(place): \(match.1)")
        }
      }
    }
  }

  private static func page(at path: String) throws -> DocumentationPage {
    try DocumentationPage(String(path.dropFirst(DocumentationPage.root.count + 1)))
  }

  @Test("Every command that is only named has a verb and options that exist")
  func namedCommands() throws {
    var help: [[String]: String] = [:]
    for page in Self.pages {
      for (number, command) in page.namedCommands {
        let words = command.split(separator: " ").map(String.init)
        var verb = Array(words.dropFirst().prefix(1))
        if verb == ["vectors"] { verb = Array(words.dropFirst().prefix(2)) }
        guard verb.last?.first?.isLetter == true else { continue }
        if help[verb] == nil { help[verb] = try Command.docket(verb + ["--help"]).text }
        let text = help[verb] ?? ""
        let place = "\(page.name):\(number + 1): \(command)"
        #expect(text.contains("USAGE: docket \(verb.joined(separator: " "))"), "\(place)")
        for option in words where option.hasPrefix("--") {
          #expect(text.contains(option), "\(place)")
        }
      }
    }
  }

  @Test("Every key of report.json and of the events of a training is described")
  func keys() throws {
    let page = try DocumentationPage("Documentation/reports.md").lines.joined(separator: "\n")
    let folder = try DocumentationFolder()
    let report = try JSONValue.parse(
      InputFile.readAll(path: folder.path + "/runs/newsdesk/report.json", limit: 1 << 20),
      file: "report.json")
    for member in try #require(report.object) {
      #expect(page.contains("`\(member.key)`"), "\(member.key)")
      let inner = member.value.array?.first ?? member.value
      // The members of `record` and `versions` are for people, and are not described.
      guard !["record", "versions"].contains(member.key) else { continue }
      for member in inner.object ?? [] {
        #expect(page.contains("`\(member.key)`"), "\(member.key)")
      }
    }
  }

  @Test("Every key of comparison.json, drift.json and the events of all verbs is described")
  func otherKeys() throws {
    let page = try DocumentationPage("Documentation/reports.md").lines.joined(separator: "\n")
    let folder = try DocumentationFolder()
    let script = """
      \(DocumentationConsole.preamble)
      cut -f 2 corpora/newsdesk/en/test.tsv > texts
      docket classify runs/newsdesk/model.docket --input texts --monitor drift.json --progress json \
        > labels 2> events
      printf '\\377\\n' | docket classify runs/newsdesk/model.docket --progress json 2>> events
      docket train pipelines/newsdesk.yaml --set training.epochs=1 --set embedding.pretrain=true \
        --output m.docket --progress json 2>> events
      docket compare runs/newsdesk labels --corpus corpora/newsdesk/en/test.tsv --output .
      """
    let outcome = try Command(["-c", script], program: "/bin/sh", folder: folder.path).wait()
    func bytes(_ name: String) throws -> [UInt8] {
      try InputFile.readAll(path: "\(folder.path)/\(name)", limit: 1 << 20)
    }
    func describes(_ value: JSONValue, _ key: String = "") {
      for member in value.object ?? [] {
        #expect(page.contains("`\(member.key)`"), "\(member.key)")
        // The keys are codes of errors.
        if member.key != "errors" { describes(member.value) }
      }
      value.array?.forEach { describes($0) }
    }
    for name in ["comparison.json", "drift.json"] {
      describes(try JSONValue.parse(try #require(try? bytes(name), "\(outcome.text)"), file: name))
    }
    var events: Set<String> = []
    for line in try bytes("events").split(separator: UInt8(ascii: "\n")) {
      let event = try JSONValue.parse(Array(line), file: "events")
      events.insert(try #require(event["event"]?.string))
      describes(event)
    }
    #expect(
      events.isSuperset(of: ["phase", "note", "summary", "error", "epoch", "vectors", "part"]))
    for event in events { #expect(page.contains("| `\(event)` |"), "\(event)") }
  }
}

extension DocumentationPage {
  /// The link targets of the headings, formed as GitHub does.
  fileprivate var anchors: [String] {
    prose.filter { $0.text.hasPrefix("#") }.map { line in
      let title = line.text.drop { $0 == "#" }.drop { $0 == " " }.lowercased()
      return String(
        title.filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }
          .map { $0 == " " ? "-" : $0 })
    }
  }

  /// Commands in `code` and in blocks that are not run, each with its line.
  fileprivate var namedCommands: [(number: Int, command: String)] {
    var commands: [(number: Int, command: String)] = []
    for (number, line) in prose {
      for match in line.matches(of: /`(docket [^`]+)`/) {
        commands.append((number, String(match.1)))
      }
    }
    for block in blocks where block.language == "console" && block.comment("not run") != nil {
      for step in DocumentationConsole(block, of: self).steps {
        let words = step.command.split { " \n\\".contains($0) }
        guard let start = words.firstIndex(of: "docket") else { continue }
        commands.append((step.line, words[start...].joined(separator: " ")))
      }
    }
    return commands
  }
}
