import Testing

@Suite struct UsageTests {
  @Test(
    "Wrong usage exits with 64 and a message on standard error",
    arguments: [
      (["frobnicate"], "frobnicate"), (["classify"], "<model>"),
      (["classify", "m", "--frob"], "--frob"),
      (["classify", "m", "--top", "0"], "--top must be at least 1"),
      (["classify", "m", "--top", "x"], "x"),
      (["classify", "m", "--coverage", "1"], "--coverage must be between 0 and 1"),
      (["classify", "m", "--coverage", "0.9", "--top", "2"], "omit --top"),
      (["classify", "m", "--min-confidence", "2"], "--min-confidence must be between 0 and 1"),
      (["classify", "m", "--format", "xml"], "xml"),
      (["classify", "m", "--threads", "0"], "--threads must be between 1 and 1024"),
      (["run", "p.yaml", "--threads", "1000000"], "--threads"),
      (["run", "p.yaml", "--progress", "loud"], "loud"),
      (["run", "p.yaml", "--set", "training.epochs"], "has no \"=\""),
      (["run", "p.yaml", "q.yaml"], "q.yaml"), (["evaluate"], "model"),
      (["evaluate", "m", "c", "--min-accuracy", "nan"], "--min-accuracy must be between 0 and 1"),
      (["evaluate", "m", "c", "--min-accuracy", "90"], "--min-accuracy must be between 0 and 1"),
      (["vectors", "train", "a.txt", "--allow-external"], "--allow-external requires --pipeline"),
      (
        ["classify", "m", "--json", "--format", "jsonl", "--copy", "u", "--copy", "u"],
        "--copy names a member twice"
      ),
      (
        ["tokenize", "m.docket", "--set", "limits.tokens=3"],
        "the settings of a model cannot be changed"
      ),
    ])
  func wrongUse(arguments: [String], phrase: String) throws {
    let outcome = try Command.docket(arguments)
    #expect(outcome.code == 64)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.contains(phrase), "\(outcome.errors)")
  }

  @Test("Help goes to standard output, exits with 0 and lists the verbs")
  func help() throws {
    let outcome = try Command.docket("--help")
    #expect(outcome.code == 0)
    #expect(outcome.errors.isEmpty)
    for verb in ["run", "check", "train", "evaluate", "classify", "tokenize", "stages", "show"] {
      #expect(outcome.lines.contains { $0.hasPrefix("  \(verb) ") }, "\(verb)")
    }
    #expect(try Command.docket().text.contains("SUBCOMMANDS"))
  }

  @Test(
    "The help of each verb lists its options",
    arguments: [
      ("run", ["--set", "--seed", "--progress", "--threads", "--quiet", "--output", "--json"]),
      ("check", ["--set", "--threads", "--json"]),
      ("train", ["--set", "--seed", "--progress", "--threads", "--output"]),
      ("evaluate", ["--format", "--output", "--min-accuracy", "--json", "--threads"]),
      ("classify", ["--format", "--top", "--min-confidence", "--json", "--threads"]),
      ("tokenize", ["--format", "--set", "--threads"]), ("stages", ["--json"]), ("schema", []),
      ("show", ["--json"]),
    ])
  func verbHelp(verb: String, options: [String]) throws {
    let outcome = try Command.docket(verb, "--help")
    #expect(outcome.code == 0)
    #expect(outcome.output.allSatisfy { $0 >= 0x20 || $0 == 0x0A }, "a control character")
    for option in options {
      #expect(outcome.text.contains("\(option) ") || outcome.text.contains("\(option)\n"))
    }
  }

  @Test("The version is a name and a number")
  func version() throws {
    let outcome = try Command.docket("--version")
    #expect(outcome.code == 0)
    #expect(outcome.text.firstMatch(of: /^docket \d+\.\d+\.\d+\n$/) != nil, "\(outcome.text)")
  }

  @Test(
    "A model that is missing, not a file or not a model is reported as such",
    arguments: [
      ("absent.docket", Int32(66), "file-missing"), (".", 66, "not-a-regular-file"),
      ("/dev/zero", 66, "not-a-regular-file"), ("pipeline.yaml", 65, "[wrong-file]"),
      ("train.tsv", 65, "[wrong-file]"),
    ], ["classify", "evaluate", "show"])
  func noModel(model: (path: String, code: Int32, phrase: String), verb: String) throws {
    _ = SharedRun.outcome
    let corpus = verb == "evaluate" ? ["test.tsv"] : []
    let outcome = try Command.docket([verb, model.path] + corpus, folder: SharedRun.path)
    #expect(outcome.code == model.code)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.hasPrefix(model.path), "\(outcome.errors)")
    #expect(outcome.errors.contains(model.phrase), "\(outcome.errors)")
    #expect(outcome.errorLines.count == 1)
  }
}
