import Testing

/// Rules that can be seen in the text of the sources.
@Suite struct HouseRulesTests {
  /// What is not written in Sources, and why.
  private static let refused: [(words: String, reason: String)] = [
    ("@unchecked Sendable", "the compiler is to see that threads do not meet"),
    ("try!", "bad input throws, it does not trap"),
    ("fatalError(", "bad input throws, it does not trap"),
    ("print(", "says nothing when the disk is full; use CheckedOutput"),
    ("FileHandle", "ends the process when the disk is full; use CheckedOutput"),
    ("readLine(", "repairs broken UTF-8 in silence and holds any line whole; use LineReader"),
    ("@testable", "tests use package access, so that they can run with optimization"),
    ("unsafeFlags", "a package with unsafe flags cannot be depended on"),
  ]

  /// Whether `words` stand in `code`, not as the end of a longer name.
  private static func contains(_ code: Substring, _ words: String) -> Bool {
    guard let index = code.position(of: words) else { return false }
    let before = code[..<index].last ?? " "
    let isLonger = words.first?.isLetter == true && (before.isLetter || before == "_")
    return !isLonger || contains(code[index...].dropFirst(), words)
  }

  @Test("what loses data or ends the process is not written", arguments: refused)
  func refusedWords(words: String, reason: String) throws {
    for file in try Repository.sources.get() {
      for index in file.lines.indices {
        let isFree = !Self.contains(Repository.code(file.lines[index]), words)
        #expect(isFree, "\(reason): \(file.place(index))")
      }
    }
  }

  @Test("nonisolated(unsafe) is written once at most, in Shards, with its proof beside it")
  func oneUnsafe() throws {
    var places: [String] = []
    for file in try Repository.sources.get() {
      for index in file.lines.indices
      where Self.contains(Repository.code(file.lines[index]), "nonisolated(unsafe)") {
        places.append(file.path)
        let before = file.lines[..<index].last?.drop { $0 == " " } ?? ""
        #expect(before.hasPrefix("//"), "\(file.place(index))")
      }
    }
    #expect(places.count <= 1)
    let home = "Sources/PipelineCore/Foundations/Shards.swift"
    #expect(places.allSatisfy { $0 == home }, "\(places)")
  }

  @Test("a file holds one idea, in at most 300 lines", arguments: ["Sources", "Tests"])
  func length(folder: String) throws {
    for file in try Repository.files(in: folder, ending: ".swift") {
      #expect(file.lines.count <= 300, "\(file.path) has \(file.lines.count) lines")
    }
  }

  @Test("every pipeline file opens with a comment that says what it is and how to run it")
  func pipelineComments() throws {
    let files = try Repository.files(in: "pipelines", ending: ".yaml")
    #expect(!files.isEmpty)
    for file in files {
      let comment = file.lines.prefix { $0.hasPrefix("#") }
      #expect(comment.contains { $0.hasPrefix("# Run: docket run ") }, "\(file.path)")
      #expect(comment.contains { $0.contains("Corpus") }, "\(file.path)")
    }
  }
}
