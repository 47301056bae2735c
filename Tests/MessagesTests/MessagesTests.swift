import FileAccess
import Glibc
import SourceText
import Testing

/// Compares all messages that a user can see with `messages.txt`.
///
/// Errors are made from a sample of each case. Other messages are collected from the sources.
/// `DOCKET_UPDATE_GOLDEN=1` rewrites the file.
@Suite("Messages", .serialized)
struct MessagesTests {
  private static let path = "Tests/MessagesTests/messages.txt"

  /// The lines of the file: by code, then messages without a code.
  private static func lines() throws -> [String] {
    let all = Set(ErrorSamples.messages + SourceMessages(try Repository.sources.get()).messages)
    return all.sorted { left, right in
      if (left.code == "-") != (right.code == "-") { return right.code == "-" }
      return left.line.utf8.lexicographicallyPrecedes(right.line.utf8)
    }.map(\.line)
  }

  @Test("Every message is in messages.txt")
  func golden() throws {
    let lines = try Self.lines()
    if getenv("DOCKET_UPDATE_GOLDEN").map({ String(cString: $0) }) == "1" {
      let text = lines.map { $0 + "\n" }.joined()
      try AtomicFile.write(path: "\(Repository.root)/\(Self.path)", text.utf8)
    }
    let golden = try Repository.file(Self.path).lines
    let hint = "review it, then run this test with DOCKET_UPDATE_GOLDEN=1"
    for line in Set(lines).subtracting(golden).sorted() { Issue.record("new: \(line); \(hint)") }
    for line in Set(golden).subtracting(lines).sorted() { Issue.record("gone: \(line); \(hint)") }
    #expect(lines.sorted() != golden.sorted() || lines == golden, "the order differs; \(hint)")
  }

  @Test("Every code in the sources has a line in messages.txt")
  func complete() throws {
    let golden = try Repository.file(Self.path).lines
    let listed = Set(golden.compactMap { $0.split(separator: "\t").first.map(String.init) })
    let codes = SourceMessages(try Repository.sources.get()).codes
    #expect(codes.count > 100)
    for (code, place) in codes.sorted(by: { $0.key < $1.key })
    where !listed.contains(code) {
      Issue.record("no message with the code \(code), used at \(place); add a sample of it")
    }
  }

  @Test("A line has a code, a kind and a sentence")
  func form() throws {
    for line in try Repository.file(Self.path).lines {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      #expect(fields.count == 3 && fields.allSatisfy { !$0.isEmpty }, "\(line)")
      #expect(fields[0] == "-" || StringExpression.isCode(fields[0]), "\(line)")
    }
  }

  @Test("Findings, notes, usage errors and codes are collected from source text")
  func collects() {
    let source = #"""
      // note("in a comment")
      note("read \(count) rows" + (isGzip ? " of gzip" : ""))
      throw Failure.Usage(sentence: "name a \"pipeline\" file")
      Finding(isGrave ? .fault : .warning, "few-rows", "only \(count) rows " + rest.text(1))
      lines.append("warning: odd rows [odd-rows]")
      text.warn("marks-cut", count: cut)
      var code: String { switch self { case .a: "a-code"; case .b: "conflict" } }
      throw ModelError(.damaged("the header is too long"), at: .file("x"))
      """#
    let file = SourceFile(path: "Sources/T/One.swift", bytes: Array(source.utf8))
    let found = SourceMessages([file])
    #expect(
      found.messages.map { $0.line.replacing("\t", with: "|") } == [
        #"-|note|read {count} rows{(isGzip ? " of gzip" : "")}"#,
        "-|usage|name a \"pipeline\" file", "odd-rows|warning|warning: odd rows",
        "marks-cut|document warning|marks-cut:{count}",
        "few-rows|fault or warning|only {count} rows {rest.text(1)}",
        "-|detail|the header is too long",
      ])
    #expect(
      found.codes.keys.sorted() == ["a-code", "conflict", "few-rows", "marks-cut", "odd-rows"])
  }
}
