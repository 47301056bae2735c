import SourceText
import Testing

/// Checks the folders, the size and the names of the targets.
@Suite("Targets and their folders")
struct TargetsTests {
  /// The largest share of all source lines that one target may have.
  private static let largestShare = 0.25

  @Test("Folders in a target do not use each other in a circle")
  func circles() throws {
    let targets = Dictionary(grouping: try Repository.sources.get(), by: \.target)
    for (target, files) in targets.sorted(by: { $0.key < $1.key }) {
      for use in FolderGraph(files).circular { Issue.record("\(target): \(use)") }
    }
  }

  @Test("A circle is found with the place of each use, and comments and texts are not uses")
  func findsCircles() {
    let files = [
      file("Sources/T/A/One.swift", "struct One<Four> {\n  var two: Two\n  var four: Four\n}"),
      file("Sources/T/B/Two.swift", #"enum Two { func f() { print("\(Three.self)") } }"#),
      file("Sources/T/C/Three.swift", "private enum Two {}\nextension One { struct Inner {} }"),
      file("Sources/T/C/Inner.swift", "protocol Three {}"),
      file("Sources/T/Four.swift", "/// One\nclass Four { let text = \"One\", inner: Inner }"),
      file("Sources/T/D/Five.swift", "struct Five { var four: Four, member: Self.One }"),
    ]
    #expect(
      FolderGraph(files).circular.map(\.description) == [
        "A -> B: Two at Sources/T/A/One.swift:2", "B -> C: Three at Sources/T/B/Two.swift:1",
        "C -> A: One at Sources/T/C/Three.swift:2",
      ])
    #expect(FolderGraph(files).uses.map(\.owner).sorted() == [".", "A", "B", "C"])
  }

  private func file(_ path: String, _ text: String) -> SourceFile {
    SourceFile(path: path, bytes: Array(text.utf8))
  }

  @Test("No target has more than a quarter of all source lines")
  func share() throws {
    let files = try Repository.files(in: "Sources", endings: [".swift", ".c", ".inc", ".h"])
    let lines = Dictionary(grouping: files, by: \.target)
      .mapValues { $0.reduce(0) { $0 + $1.lines.count } }
    let total = lines.values.reduce(0, +)
    for (target, count) in lines {
      let share = Double(count) / Double(total)
      #expect(
        share <= Self.largestShare, "\(target) has \(count) of \(total) lines, a share of \(share)")
    }
  }

  @Test("No module shares its name with a type, or with another module when case is ignored")
  func names() throws {
    let modules = try Repository.folders(in: "Sources")
    let folded = Dictionary(grouping: modules) { $0.lowercased() }
    for names in folded.values where names.count > 1 {
      Issue.record("\(names.joined(separator: " and ")) differ only in case")
    }
    for file in try Repository.sources.get() {
      for type in TypeDeclarations(file.tokens).types where modules.contains(type.name) {
        Issue.record("\(file.path) declares \(type.name), which is also the name of a module")
      }
    }
  }
}
