import SourceText
import Testing

/// Checks rules that are visible in the text of the sources.
@Suite("House rules")
struct HouseRulesTests {
  /// The largest allowed number of lines in a file.
  private static let lineLimit = 400

  /// Code that Sources must not contain, with the reason.
  private static let refused: [(code: String, reason: String)] = [
    ("@unchecked Sendable", "the compiler must be able to prove that there are no data races"),
    ("try!", "invalid input throws and never traps"),
    ("fatalError(", "invalid input throws and never traps"),
    ("print(", "ignores a full disk; use CheckedOutput"),
    ("FileHandle", "ends the process on a full disk; use CheckedOutput"),
    ("readLine(", "silently repairs invalid UTF-8 and has no length limit; use LineReader"),
    ("@testable", "tests use package access, so that they run with optimization"),
    ("unsafeFlags", "no package can depend on a package with unsafe flags"),
  ]

  @Test("Code that loses data or ends the process is not used", arguments: refused)
  func refusedCode(code: String, reason: String) throws {
    for file in try Repository.sources.get() {
      for index in file.tokens.places(of: code) {
        Issue.record("\(reason): \(file.place(file.tokens[index].line))")
      }
    }
  }

  @Test("nonisolated(unsafe) is used at most once, in Shards, with its proof above it")
  func oneUnsafe() throws {
    var places: [String] = []
    for file in try Repository.sources.get() {
      for index in file.tokens.places(of: "nonisolated(unsafe)") {
        let line = file.tokens[index].line
        places.append(file.path)
        let before = file.lines[..<(line - 1)].last?.drop { $0 == " " } ?? ""
        #expect(before.hasPrefix("//"), "\(file.place(line))")
      }
    }
    #expect(places.count <= 1)
    let home = "Sources/PipelineCore/Foundations/Shards.swift"
    #expect(places.allSatisfy { $0 == home }, "\(places)")
  }

  @Test("A file has at most 400 lines", arguments: ["Sources", "Tests"])
  func length(folder: String) throws {
    for file in try Repository.files(in: folder, endings: [".swift"]) {
      let count = file.lines.count
      #expect(count <= Self.lineLimit, "\(file.path) has \(count) lines")
    }
  }

  @Test("Every pipeline file begins with a comment that describes it and how to run it")
  func pipelineComments() throws {
    let files = try Repository.files(in: "pipelines", endings: [".yaml"])
    #expect(!files.isEmpty)
    for file in files {
      let comment = file.lines.prefix { $0.hasPrefix("#") }
      #expect(comment.contains { $0.hasPrefix("# Run: docket run ") }, "\(file.path)")
      #expect(comment.contains { $0.contains("Corpus") }, "\(file.path)")
    }
  }
}
