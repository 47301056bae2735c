import FileAccess
import Glibc
import TestSupport
import Testing

/// The programs in Examples/process.
@Suite("Examples of external programs")
struct ProcessExampleTests {
  private static let examples = DocumentationPage.root + "/Examples/process"
  private static let hasPython =
    (try? Command.shell("python3 -c 'import json'").code == 0) ?? false

  @Test("lowercase.sh follows the protocol")
  func shell() throws {
    let outcome = try Command.docket(
      "conformance", "./lowercase.sh", "--role", "normalizer", folder: Self.examples)
    #expect(outcome.code == 0)
    #expect(outcome.lines.count == 12)
    #expect(outcome.lines.allSatisfy { $0.hasPrefix("normalizer: PASS ") })
    // Without a role, each role is tried.
    let all = try Command.docket("conformance", "./lowercase.sh", folder: Self.examples)
    #expect(all.text == outcome.text)
  }

  @Test("conformance reports what fails, and exits with 1; wrong use exits with 64")
  func conformance() throws {
    let folder = TestFolder()
    let path = try folder.file(
      "echo.sh",
      "#!/bin/sh\nread -r g\necho '{\"protocol\":1,\"role\":\"normalizer\",\"name\":\"x\"}'\ncat\n")
    let failing = try Command.docket("conformance", "sh", path, "--role", "normalizer")
    #expect(failing.code == 1)
    #expect(failing.lines.filter { $0.hasPrefix("normalizer: FAIL ") }.count == 1)
    let rejected = try Command.docket("conformance", "sh", path, "--role", "tokenizer")
    #expect(rejected.code == 65)
    #expect(rejected.errors.contains("[program-greeting]"))
    #expect(try Command.docket("conformance", "docket-no-such-program").code == 66)
    #expect(try Command.docket("conformance").code == 64)
    #expect(try Command.docket("conformance", "cat", "--settings", "[]").code == 64)
    #expect(try Command.docket("conformance", "cat", "--timeout", "0").code == 64)
  }

  @Test(
    "segment.py follows the protocol",
    .enabled(if: hasPython, "python3 is not installed"))
  func python() throws {
    let outcome = try Command.docket(
      "conformance", "--role", "tokenizer", "python3", "segment.py", "words.txt",
      folder: Self.examples)
    #expect(outcome.code == 0, "\(outcome.text)")
    #expect(outcome.lines.count == 11)
  }

  @Test(
    "The program in Python that the documentation shows follows the protocol",
    .enabled(if: hasPython, "python3 is not installed"))
  func documentedPython() throws {
    let page = try DocumentationPage("Documentation/process-stages.md")
    let block = try #require(page.blocks.first { $0.language == "python" })
    let lines = page.content(of: block)
    #expect(lines.count <= 30)
    let folder = TestFolder()
    try folder.file("pieces.py", lines.joined(separator: "\n") + "\n")
    let outcome = try Command.docket(
      "conformance", "--role", "tokenizer", "python3", "pieces.py", folder: folder.path)
    #expect(outcome.code == 0, "\(outcome.text)")
  }

  @Test(
    "segment.py is the tokenizer of a training and of classifying",
    .enabled(if: hasPython, "python3 is not installed"))
  func segmenter() throws {
    let folder = TestFolder()
    try folder.file(
      "pipeline.yaml",
      """
      docket: 1
      corpus:
        train: \(DocumentationPage.root)/corpora/newsdesk/zh/train.tsv
        test: \(DocumentationPage.root)/corpora/newsdesk/zh/test.tsv
      tokenizer:
        stage: process.v1
        command: [python3, \(Self.examples)/segment.py, \(Self.examples)/words.txt]
      classifier: ngrams.v1
      """)
    let run = try Command.docket(
      "run", "pipeline.yaml", "--allow-external", "--output", "run", "--json", folder: folder.path)
    try #require(run.code == 0, "\(run.errors)")
    let accuracy = try JSONValue.parse(run.output, file: "report")["accuracy"]?.double
    #expect(accuracy ?? 0 > 0.5)
    let tokens = try Command.docket(
      "tokenize", "run/model.docket", "--allow-external",
      input: Array("科学家发现恐龙化石 iPhone 15!\n".utf8), folder: folder.path)
    #expect(tokens.text == "科 学 家 发现 恐龙 化石 iPhone 15 !\n")
    let records = try [1, 2].map { threads in
      try Command.docket(
        "classify", "run/model.docket", "--allow-external", "--threads", "\(threads)",
        input: Array(repeating: Array("球队赢得决赛\n".utf8), count: 500).flatMap { $0 },
        folder: folder.path)
    }
    #expect(records[0].lines.count == 500)
    #expect(records[0].text == records[1].text && records[0].code == 0)
  }
}
