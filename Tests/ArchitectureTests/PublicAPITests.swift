import SourceText
import Testing

/// Checks `Documentation/public-api.txt`, which `make api` writes and `make api-check` compares.
@Suite("Public API")
struct PublicAPITests {
  private static let path = "Documentation/public-api.txt"

  /// A module in the listing.
  private struct Module {
    var name: String
    /// The modules whose types its declarations name.
    var named: [String]
    /// The number of declarations.
    var count = 0
  }

  private static func modules() throws -> [Module] {
    var modules: [Module] = []
    for line in try Repository.file(path).lines {
      if line.hasPrefix("module ") {
        let name = line.dropFirst(7).prefix { $0 != "," }
        modules.append(Module(name: String(name), named: []))
      } else if line.hasPrefix("names types of: ") {
        let list = line.dropFirst(16)
        guard list != "no other module" else { continue }
        modules[modules.count - 1].named = list.split(separator: ",").map {
          String($0.drop { $0 == " " })
        }
      } else if line.hasPrefix("  ") {
        modules[modules.count - 1].count += 1
      }
    }
    return modules
  }

  @Test("No public declaration names a type of a module that no product vends")
  func vended() throws {
    let modules = try Self.modules()
    #expect(modules.count > 10)
    let vended = Set(modules.map(\.name))
    for module in modules {
      #expect(module.count > 0, "\(module.name) has no public declarations")
      for name in module.named {
        #expect(vended.contains(name), "\(module.name) names types of \(name)")
      }
    }
  }

  @Test("Requirements with a default implementation are marked, others are not")
  func defaults() throws {
    let lines = try Repository.file(Self.path).lines.map { String($0) }
    func isMarked(_ start: String) throws -> Bool {
      let line = try #require(lines.first { $0.hasPrefix("  \(start)") }, "\(start)")
      return line.hasSuffix("  // has a default")
    }
    for start in [
      "Classifier: func check(", "Classifier: static var usesLabelWeights",
      "ClassifierModel: func gates(", "Embedding: func words(", "Normalizer: static var place",
    ] { #expect(try isMarked(start), "\(start)") }
    for start in [
      "Classifier: func fit(", "ClassifierModel: func probabilities(",
      "Normalizer: func normalize(",
    ] {
      #expect(try !isMarked(start), "\(start)")
    }
  }

  @Test("The listed modules are those that Package.swift and the exports of its products vend")
  func listed() throws {
    let tokens = try Repository.file("Package.swift").tokens
    var vended: Set<String> = []
    for index in tokens.indices.dropLast(2) where tokens[index].is("library") {
      let end = tokens.closing(index + 1)
      let strings = tokens[index..<end].filter { $0.kind == .string }.compactMap(\.literal)
      vended.formUnion(strings.dropFirst())
    }
    for target in vended {
      for file in try Repository.sources.get() where file.target == target {
        for index in file.tokens.indices where file.tokens[index].is("@_exported") {
          vended.insert(file.tokens[index + 3].text)
        }
      }
    }
    #expect(Set(try Self.modules().map(\.name)) == vended)
  }

  @Test("The listing has the declarations that README.md uses")
  func complete() throws {
    let text = try Repository.file(Self.path).lines.joined(separator: "\n")
    for name in ["func train(on corpus: Corpus", "func classify(_ text: String)", "func write(to"] {
      #expect(text.contains(name), "\(name)")
    }
    // Only the command and the report writers use these.
    for name in ["ParsableCommand", "CheckedOutput", "OutputLock"] {
      #expect(!text.contains(name), "\(name)")
    }
  }
}
