import FileAccess
import TestSupport
import Testing

/// `docket suggest`.
@Suite("suggest")
struct SuggestTests {
  /// Documents of one topic, and every tenth of two topics.
  private static let texts: [String] = (0..<200).map { number in
    let topics = TinyCorpus.topics
    let (first, second) = (topics[number % 3].words, topics[(number + 1) % 3].words)
    let words =
      number % 10 == 0
      ? first.prefix(3) + second.suffix(3) : first.shuffled(by: number).prefix(5)
    return "item \(number) " + words.joined(separator: " ")
  }

  private static func suggest(_ options: String..., input: String) throws -> Command.Outcome {
    try Command.docket(["suggest", SharedRun.model] + options, input: Array(input.utf8))
  }

  private static func lines(_ texts: [String]) -> String { texts.map { $0 + "\n" }.joined() }

  private static func records(_ outcome: Command.Outcome) throws -> [JSONValue] {
    try outcome.lines.map { try JSONValue.parse(Array($0.utf8), file: "records") }
  }

  @Test("Records have the smallest margins of classify for each label, and none resembles another")
  func margins() throws {
    let outcome = try Self.suggest("--count", "5", input: Self.lines(Self.texts))
    #expect(outcome.code == 0, "\(outcome.errors)")
    let records = try Self.records(outcome)
    #expect(records.count == 5)
    let classified = try Command.docket(
      "classify", SharedRun.model, "--top", "2", input: Array(Self.lines(Self.texts).utf8))
    let margins = classified.lines.map { line in
      let fields = line.split(separator: "\t")
      return (Float(fields[1]) ?? 0) - (Float(fields[3]) ?? 0)
    }
    let labels = classified.lines.map { String($0.prefix { $0 != "\t" }) }
    var chosen: [Int] = []
    for number in margins.indices.sorted(by: { (margins[$0], $0) < (margins[$1], $1) })
    where chosen.count(where: { labels[$0] == labels[number] }) < 2 {
      let words = Set(Self.texts[number].split(separator: " "))
      let isNew = chosen.allSatisfy { other in
        let others = Set(Self.texts[other].split(separator: " "))
        return 2 * words.intersection(others).count < words.union(others).count
      }
      if isNew, chosen.count < 5 { chosen.append(number) }
    }
    #expect(records.compactMap { $0["id"]?.integer } == chosen.map { $0 + 1 })
    for (record, number) in zip(records, chosen) {
      #expect(record["text"]?.string == Self.texts[number])
      #expect(record["margin"]?.double.map { Float($0) } == margins[number])
      let fields = classified.lines[number].split(separator: "\t").map(String.init)
      #expect(record["label"]?.string == fields[0] && record["second"]?.string == fields[2])
    }
  }

  @Test("Repeats and empty documents are chosen once or never; a note says why there are few")
  func few() throws {
    let outcome = try Self.suggest(
      "--count", "9", input: "the storm\nthe storm\n\nbread and butter\nthe storm!\n")
    #expect(try Self.records(outcome).count == 2)
    #expect(outcome.errorLines.contains { $0.hasPrefix("chose 2 documents") })
  }

  @Test("Members of JSON documents are read; unusable ones make the exit code 1")
  func members() throws {
    let input = #"""
      {"body": "the storm", "key": "a"}
      {"key": "b"}
      {"body": "a melody and bread", "key": 7}

      """#
    let outcome = try Self.suggest(
      "--format", "jsonl", "--text-field", "body", "--id-field", "key", input: input)
    #expect(outcome.code == 1)
    #expect(Set(try Self.records(outcome).map { $0["id"]?.text() }) == ["\"a\"", "7"])
    #expect(outcome.errors.contains("1 of 3 documents could not be used"))
  }

  @Test("The result is the same for any number of threads, and may go to a file")
  func threads() throws {
    let folder = TestFolder()
    try folder.file("documents.txt", Self.lines(Self.texts))
    let results = try ["1", "3"].map { threads in
      let outcome = try Command.docket(
        "suggest", SharedRun.model, "--count", "20", "--threads", threads, "--input",
        "documents.txt", "--output", "next.jsonl", folder: folder.path)
      #expect(outcome.code == 0 && outcome.output.isEmpty, "\(outcome.errors)")
      return try InputFile.readAll(path: "\(folder.path)/next.jsonl", limit: 1 << 20)
    }
    #expect(results[0] == results[1] && !results[0].isEmpty)
  }

  @Test("Wrong use has exit code 64, a missing model 66")
  func codes() throws {
    #expect(try Self.suggest("--count", "0", input: "").code == 64)
    #expect(try Self.suggest("--id-field", "key", input: "").code == 64)
    #expect(try Command.docket("suggest", "missing.docket").code == 66)
  }
}

extension [String] {
  /// The elements in a different order, which depends on `number`.
  fileprivate func shuffled(by number: Int) -> [String] {
    indices.map { self[($0 * (number % 2 == 0 ? 1 : 5) + number) % count] }
  }
}
