import SourceText
import Testing

/// Checks `Documentation/promises.md`, which names a test for each promise.
@Suite("Promises")
struct PromisesTests {
  @Test("Every test and every target of make that a promise names exists")
  func namesExist() throws {
    let lines = try Repository.file("Documentation/promises.md").lines
    let rows = lines.filter { $0.hasPrefix("| ") }.dropFirst(2)
    #expect(rows.count >= 16)
    let tests = try Repository.files(in: "Tests", endings: [".swift"]).flatMap(\.lines)
      .joined(separator: "\n")
    let makefile = try Repository.file("Makefile").lines.joined(separator: "\n")
    for row in rows {
      let names = row.split(separator: "`").enumerated().filter { $0.offset % 2 == 1 }
        .map { String($0.element) }
      #expect(!names.isEmpty, "\(row)")
      for name in names {
        let exists =
          name.hasPrefix("make ")
          ? makefile.contains("\n\(name.dropFirst(5)):") : tests.contains("\"\(name)\"")
        #expect(exists, "no test is named \(name)")
      }
    }
  }
}
