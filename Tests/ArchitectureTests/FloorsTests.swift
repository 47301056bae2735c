import SourceText
import Testing

/// Checks the order of the targets and their imports.
///
/// SwiftPM lets a target import whatever its dependencies depend on, even if it does not declare it.
@Suite("Targets and their imports")
struct FloorsTests {
  /// Modules of the system and the standard library, with the targets that may import them.
  private static let systemModules: [String: Set<String>] = [
    "Dispatch": ["PipelineCore"],
    "Glibc": ["Platform"],
    "Darwin": ["Platform"],
    "Musl": ["Platform"],
    "Synchronization": ["PipelineCore", "FileAccess", "DocketCommandLine", "ExternalStages"],
  ]

  /// Modules that only these files or folders may import.
  private static let homes: [String: [String]] = [
    "Dispatch": [
      "Sources/PipelineCore/Foundations/WorkerThreads.swift",
      "Sources/PipelineCore/Foundations/BackgroundWork.swift",
    ],
    "CUtf8proc": ["Sources/Tokenization/Unicode/Utf8proc.swift"],
    "CZlib": ["Sources/FileAccess/Gzip.swift"],
    "CCrypto": ["Sources/FileAccess/SHA256Digest.swift"],
    "Yams": ["Sources/PipelineFiles/YAML/YAMLNodes.swift"],
    "ArgumentParser": ["Sources/DocketCommandLine/"],
  ]

  /// An import declaration.
  private struct Import {
    var module: String
    var target: String
    var file: String
    var place: String
  }

  private static func imports() throws -> [Import] {
    let kinds = ["struct", "class", "enum", "protocol", "typealias", "func", "var", "let"]
    return try Repository.sources.get().flatMap { file in
      file.tokens.indices.filter { file.tokens[$0].is("import") }.map { index in
        let names = file.tokens[(index + 1)...].prefix(2).map(\.text)
        return Import(
          module: kinds.contains(names[0]) ? names[1] : names[0], target: file.target,
          file: file.path, place: file.place(file.tokens[index].line))
      }
    }
  }

  @Test("Every folder under Sources and Tests is a target of Package.swift, listed once")
  func manifest() throws {
    let manifest = try PackageManifest()
    #expect(Set(manifest.targets.map(\.name)).count == manifest.targets.count)
    for folder in ["Sources", "Tests"] {
      let folders = try Repository.folders(in: folder)
      let declared = manifest.targets.map(\.path).filter { $0.hasPrefix("\(folder)/") }
      #expect(Set(folders.map { "\(folder)/\($0)" }) == Set(declared))
    }
    let files = try #require(manifest.target("PipelineFiles"))
    #expect(files.dependencies.contains("Yams") && files.dependencies.contains("PipelineCore"))
    #expect(try Self.imports().count > 100)
  }

  @Test("A target depends only on targets above it in Package.swift")
  func order() throws {
    let targets = try PackageManifest().targets
    for (index, target) in targets.enumerated() {
      let above = Set(targets[..<index].map(\.name))
      let all = Set(targets.map(\.name))
      for dependency in target.dependencies where all.contains(dependency) {
        #expect(above.contains(dependency), "\(target.name) is above \(dependency)")
      }
    }
  }

  @Test("A file imports only what its target declares, and system modules only where allowed")
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

  @Test("No file imports Foundation, which slows startup and repairs input silently")
  func noFoundation() throws {
    let names = ["Foundation", "FoundationEssentials", "FoundationNetworking"]
    for found in try Self.imports() {
      #expect(!names.contains(found.module), "\(found.place)")
    }
  }

  @Test("Wrapped libraries are imported in their own files only", arguments: homes)
  func home(module: String, homes: [String]) throws {
    let found = try Self.imports().filter { $0.module == module }
    #expect(!found.isEmpty, "\(module) is not imported; remove it from Package.swift")
    for found in found {
      #expect(homes.contains { found.file.hasPrefix($0) }, "\(found.place)")
    }
  }
}
