import TestSupport
import Docket
import PipelineCore
import Testing

/// The findings of `docket check` and their severity.
@Suite("Findings of check")
struct CheckRulesTests {
  /// A corpus and its expected findings.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var train: String
    var test: String?
    var settings: [String] = []
    /// `severity code` of each finding except notes.
    var expected: [String]
    /// Phrases that the output must contain.
    var says: [String] = []
    var testDescription: String { name }
  }

  /// Returns `count` distinct documents of a label.
  private static func rows(_ label: String, _ count: Int, _ salt: String) -> String {
    (0..<count).map { "\(label)\t\(salt)\($0) \(salt)x\($0) \(salt)y\($0)\n" }.joined()
  }

  private static let train = rows("a", 40, "p") + rows("b", 40, "q")
  private static let test = rows("a", 500, "r") + rows("b", 500, "s")

  static let cases = [
    Case(name: "no problem", train: train, test: test, expected: []),
    Case(name: "no test", train: train, test: nil, expected: ["warning no-test"]),
    Case(
      name: "a label that is not trained", train: train, test: test + "c\tx\n",
      expected: ["fault untrained-label"], says: ["1 test document has the label \"c\""]),
    Case(
      name: "a label that is not tested", train: train + rows("c", 40, "t"), test: test,
      expected: ["warning untested-label"]),
    Case(
      name: "two spellings of a label", train: train + rows("A ", 40, "t"),
      test: test + "A \tx\n", expected: ["fault similar-labels"]),
    Case(
      name: "a little leakage", train: train, test: test + "a\tp0 px0 py0\n",
      expected: ["warning leakage"],
      says: ["1 document also occurs in the training corpus", "0.10 % of test"]),
    Case(
      name: "much leakage", train: train, test: test + rows("a", 40, "p"),
      expected: ["fault leakage"],
      says: ["40 documents also occur in the training", "3.8 points too high"]),
    Case(
      name: "small differences leak too", train: train, test: test + rows("a", 30, "P"),
      expected: ["warning leakage"],
      says: ["30 documents are nearly identical to a training document ("]),
    Case(
      name: "and many of them spoil a result", train: train,
      test: test + rows("a", 40, "P") + rows("b", 40, "Q"), expected: ["fault leakage"]),
    Case(
      name: "one text under two labels", train: train + "b\tp0 px0 py0\n", test: test,
      expected: ["warning conflicting-labels", "warning duplicates"],
      says: ["but a different label: a classifier can learn only one of them"]),
    Case(
      name: "one text to test with under two labels", train: train, test: test + "b\tr0 rx0 ry0\n",
      expected: ["warning conflicting-labels"], says: ["accuracy on test cannot exceed 99.90 %"]),
    Case(
      name: "HTML markup", train: train + "a\tone &amp; two\n", test: test,
      expected: [], says: ["1.23 % of documents contain HTML markup"]),
    Case(
      name: "out of balance", train: rows("a", 400, "p") + rows("b", 39, "q"), test: test,
      expected: ["warning imbalance"], says: ["91.12 %", "; 1 more document of \"b\" would"]),
    Case(
      name: "just in balance", train: rows("a", 400, "p") + rows("b", 40, "q"), test: test,
      expected: []),
    Case(
      name: "few of a class", train: train + rows("c", 19, "t"), test: test + "c\tx\n",
      expected: ["warning small-classes"], says: ["\"c\" (19)"]),
    Case(
      name: "few to test with", train: train, test: rows("a", 50, "r") + rows("b", 50, "s"),
      expected: ["warning precision"], says: ["a margin of error of about 5.9 points"]),
    Case(
      name: "documents cut", train: train + "a\tone two three four\n", test: test,
      settings: ["limits.tokens=3"], expected: ["warning documents-cut"],
      says: ["limits.tokens: 4 would"]),
    Case(
      name: "text without tokens", train: train + "a\t\u{200D}\n", test: test,
      expected: ["warning no-tokens"]),
    Case(
      name: "rows that cannot be used", train: train + "a\n\tx\nb\tu v w\n", test: test,
      expected: ["fault bad-rows"], says: ["2 rows of the train corpus"]),
    Case(
      name: "rows that will be skipped", train: train + "a\n\tx\nb\tu v w\n", test: test,
      settings: ["corpus.badRows=skip"], expected: ["warning bad-rows"],
      says: ["2 rows of the train corpus cannot be used; a run skips them"]),
    Case(
      name: "rows that will be skipped and a text that is too long",
      train: train + "a\n\tx\nb\t\(String(repeating: "long ", count: 9))\n", test: test,
      settings: ["corpus.badRows=skip", "limits.documentBytes=30"],
      expected: ["warning bad-rows"],
      says: ["3 rows of the train corpus cannot be used; a run skips them"]),
  ]

  @Test("A corpus has the expected findings and no others", arguments: cases)
  func findings(_ example: Case) throws {
    let folder = TestFolder()
    let check = try PlainCheck.check(
      train: try folder.file("train.tsv", example.train),
      test: try example.test.map { try folder.file("test.tsv", $0) }, settings: example.settings)
    let found = check.findings.filter { $0.severity != .note }
    #expect(found.map { "\($0.severity.rawValue) \($0.code)" } == example.expected)
    for words in example.says { #expect(check.text.contains(words), "\(check.text)") }
    let faults = example.expected.count { $0.hasPrefix("fault") }
    #expect(check.faultCount == faults)
    #expect(check.verdict.hasPrefix(faults == 0 ? "No faults found." : "1 fault to fix"))
    // The warnings of the corpus reader are counted too.
    let warnings = check.text.split(separator: "\n").count { $0.contains("warning: ") }
    #expect(warnings >= example.expected.count - faults)
    let review = " \(warnings) \(warnings == 1 ? "warning" : "warnings") to review."
    #expect(check.verdict.hasSuffix(review) == (warnings > 0), "\(check.text)")
  }

  @Test("Unusable rows are listed one by one, and the others are read")
  func badRows() throws {
    let folder = TestFolder()
    let bytes =
      Array(Self.train.utf8) + Array("a\n\nb\tone\ta tab\n\tx\na\t".utf8) + [0xFF, 0x0A]
      + Array("a\tcr\rinside\nb\tgood\n".utf8)
    let train = try folder.file("train.tsv", bytes)
    let part = try PlainCheck.check(train: train, test: nil).parts[0]
    #expect(part.documents == 81)
    #expect(part.faults.count == 6)
    #expect(
      part.faults.listed.map(\.code) == [
        "wrong-columns", "blank-line", "wrong-columns", "empty-label", "invalid-utf8",
        "lone-carriage-return",
      ])
    #expect(
      part.faults.listed.compactMap(\.position) == [
        .line(train, 81, column: nil), .line(train, 82, column: nil), .line(train, 83, column: 6),
        .line(train, 84, column: nil), .lineByte(train, 85, byte: 2),
        .lineByte(train, 86, byte: 4),
      ])
    let long = try PlainCheck.check(
      train: train, test: nil, settings: ["limits.documentBytes=10"])
    let first = try #require(long.parts[0].faults.listed.first)
    #expect(first.code == "document-too-long" && first.position == .line(train, 11, column: nil))
    #expect(long.parts[0].documents == 21)
  }

  @Test("Every format reads on after an unusable row")
  func formats() throws {
    let folder = TestFolder()
    let files = [
      ("a.csv", "label,text\na,x\nb\nb,y\n"),
      ("a.jsonl", "{\"label\":\"a\",\"text\":\"x\"}\n{\n{\"label\":\"b\",\"text\":\"y\"}\n"),
      ("a.txt", "__label__a x\n__label__c\n__label__b y\n"),
    ]
    for (name, text) in files {
      let part = try PlainCheck.check(train: try folder.file(name, text), test: nil).parts[0]
      #expect(part.documents == 2 && part.faults.count == 1, "\(name)")
    }
    try folder.file("folder/a/1.txt", "x")
    try folder.file("folder/a/2.txt", [0xFF])
    try folder.file("folder/b/1.txt", "y")
    let part = try PlainCheck.check(train: "\(folder.path)/folder", test: nil).parts[0]
    #expect(part.documents == 2 && part.faults.listed.first?.code == "invalid-utf8")
  }
}
