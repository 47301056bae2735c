import SourceText

/// The targets that `Package.swift` declares, read from its text.
struct PackageManifest {
  /// A target and the modules that it may import.
  struct Target {
    var name: String
    var dependencies: [String]
    /// The folder of its sources.
    var path: String
  }

  /// The targets in the order of the file.
  let targets: [Target]

  init() throws {
    let tokens = try Repository.file("Package.swift").tokens
    let kinds = ["systemLibrary": "Sources", "executableTarget": "Sources", "target": "Sources"]
      .merging(["testTarget": "Tests"]) { first, _ in first }
    targets = tokens.indices.dropFirst().dropLast().compactMap { index in
      guard tokens[index - 1].is("."), tokens[index + 1].is("("),
        let folder = kinds[tokens[index].text]
      else { return nil }
      return Self.target(Array(tokens[(index + 1)...tokens.closing(index + 1)]), in: folder)
    }
  }

  /// Returns the target called `name`.
  func target(_ name: String) -> Target? { targets.first { $0.name == name } }

  /// Reads the arguments of a declaration.
  private static func target(_ tokens: [SwiftToken], in folder: String) -> Target {
    let name = argument("name", of: tokens).flatMap { tokens[$0].literal } ?? ""
    let path = argument("path", of: tokens).flatMap { tokens[$0].literal }
    var target = Target(name: name, dependencies: [], path: path ?? "\(folder)/\(name)")
    guard let start = argument("dependencies", of: tokens) else { return target }
    let list = tokens[(start + 1)..<tokens.closing(start)]
    // A product is declared with its package: `.product(name: "Yams", package: "Yams")`.
    for index in list.indices where tokens[index].kind == .string {
      if tokens[index - 2].is("package") { continue }
      target.dependencies += [tokens[index].literal].compactMap { $0 }
    }
    return target
  }

  /// Returns the index of the first token of the argument `label`.
  private static func argument(_ label: String, of tokens: [SwiftToken]) -> Int? {
    tokens.indices.dropLast().first { tokens[$0].is(label) && tokens[$0 + 1].is(":") }
      .map { $0 + 2 }
  }
}
