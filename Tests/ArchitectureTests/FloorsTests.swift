import FileAccess
import Testing

/// SwiftPM lets a target import whatever its dependencies depend on; these tests do not.
@Suite struct FloorsTests {
  /// Targets that import the C library for `exp`, `log` and their like only.
  private static let mathematics: Set = [
    "PipelineCore", "NumericKernels", "Tokenization", "Embeddings", "Learning", "Classifiers",
    "Docket",
  ]

  /// Modules of the system and of the standard library, with the targets that may import each.
  private static let systemModules: [String: Set<String>] = [
    "Dispatch": ["PipelineCore"],
    "Glibc": mathematics.union(["FileAccess", "docket", "Platform"]),
    "Darwin": mathematics.union(["Platform"]),
    "Musl": ["Platform"],
    "Synchronization": ["FileAccess", "docket"],
  ]

  /// Modules that have one home: the only files that may import them.
  private static let homes: [String: String] = [
    "Dispatch": "Sources/PipelineCore/Foundations/Shards.swift",
    "CUtf8proc": "Sources/Tokenization/Unicode/Utf8proc.swift",
    "Yams": "Sources/Docket/PipelineFile/",
    "ArgumentParser": "Sources/docket/",
  ]

  /// An import line.
  private struct Import {
    var module: String
    var target: String
    var file: String
    var place: String
  }

  private static func imports() throws -> [Import] {
    try Repository.sources.get().flatMap { file in
      file.lines.indices.compactMap { index in
        let words = Repository.code(file.lines[index]).split(separator: " ")
        let modifiers: Set<Substring> = [
          "public", "package", "internal", "private", "fileprivate", "@_exported",
          "@preconcurrency", "@_implementationOnly", "@_spi",
        ]
        guard let position = words.firstIndex(of: "import"), position + 1 < words.count,
          words[..<position].allSatisfy(modifiers.contains),
          let module = words.last?.split(separator: ".").first
        else { return nil }
        let target = file.path.split(separator: "/")[1]
        return Import(
          module: String(module), target: String(target), file: file.path,
          place: file.place(index))
      }
    }
  }

  @Test("the manifest is understood: every folder under Sources and Tests is a target, and in turn")
  func manifest() throws {
    let manifest = try PackageManifest()
    #expect(Set(manifest.targets.map(\.name)).count == manifest.targets.count)
    for folder in ["Sources", "Tests"] {
      let path = "\(Repository.root)/\(folder)"
      let folders = try Folder.names(in: path).filter { Folder.exists("\(path)/\($0)") }
      let declared = manifest.targets.map(\.path).filter { $0.hasPrefix("\(folder)/") }
      #expect(Set(folders.map { "\(folder)/\($0)" }) == Set(declared))
    }
    let docket = try #require(manifest.target("Docket"))
    #expect(docket.dependencies.contains("Yams") && docket.dependencies.contains("PipelineCore"))
    #expect(try Self.imports().count > 100)
  }

  @Test("a target depends only on targets that stand above it in Package.swift")
  func order() throws {
    let targets = try PackageManifest().targets
    for (index, target) in targets.enumerated() {
      let above = Set(targets[..<index].map(\.name))
      let all = Set(targets.map(\.name))
      for dependency in target.dependencies where all.contains(dependency) {
        #expect(above.contains(dependency), "\(target.name) stands above \(dependency)")
      }
    }
  }

  @Test("a file imports only what its target declares, and system modules only where they belong")
  func declared() throws {
    let manifest = try PackageManifest()
    for found in try Self.imports() {
      let target = try #require(manifest.target(found.target))
      let mayImport =
        target.dependencies.contains(found.module)
        || Self.systemModules[found.module]?.contains(found.target) == true
      #expect(mayImport, "\(found.place)")
    }
  }

  @Test("Foundation is not imported anywhere, for start-up time and for what it does in silence")
  func noFoundation() throws {
    let names = ["Foundation", "FoundationEssentials", "FoundationNetworking"]
    for found in try Self.imports() {
      #expect(!names.contains(found.module), "\(found.place)")
    }
  }

  @Test("Dispatch, utf8proc, Yams and the argument parser each have one home", arguments: homes)
  func home(module: String, home: String) throws {
    let found = try Self.imports().filter { $0.module == module }
    #expect(!found.isEmpty, "\(module) is not used; take it out of Package.swift")
    for found in found { #expect(found.file.hasPrefix(home), "\(found.place)") }
  }
}
