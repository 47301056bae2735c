/// What `Package.swift` says about the targets, read from its text: their names, in order, and what
/// each of them declares to depend on.
struct PackageManifest {
  /// A target with the modules that it may import.
  struct Target {
    var name: String
    var dependencies: [String]
    /// Where its sources are.
    var path: String
  }

  /// In the order of the file: floor by floor.
  let targets: [Target]

  init() throws {
    let file = try Repository.file("Package.swift")
    let text = file.lines.map { Repository.code($0) }.joined(separator: "\n")
    let kinds = [".systemLibrary(", ".executableTarget(", ".testTarget(", ".target("]
    var targets: [Target] = []
    var rest = text[...]
    while let start = rest.firstIndex(of: ".") {
      rest = rest[start...]
      if let kind = kinds.first(where: { rest.hasPrefix($0) }) {
        let declaration = Self.balanced(rest.dropFirst(kind.count))
        let folder = kind == ".testTarget(" ? "Tests" : "Sources"
        targets.append(Self.target(declaration, in: folder))
        rest = rest.dropFirst(kind.count + declaration.count)
      } else {
        rest = rest.dropFirst()
      }
    }
    self.targets = targets
  }

  /// The target called `name`.
  func target(_ name: String) -> Target? { targets.first { $0.name == name } }

  /// What stands before the bracket that closes the one in front of `text`.
  private static func balanced(_ text: Substring) -> Substring {
    var depth = 1
    return text.prefix { character in
      if "([".contains(character) { depth += 1 }
      if ")]".contains(character) { depth -= 1 }
      return depth > 0
    }
  }

  private static func target(_ declaration: Substring, in folder: String) -> Target {
    let name = value(of: "name", in: declaration).flatMap { quoted($0).first } ?? ""
    let path = value(of: "path", in: declaration).flatMap { quoted($0).first }
    var target = Target(name: name, dependencies: [], path: path ?? "\(folder)/\(name)")
    guard let list = value(of: "dependencies", in: declaration) else { return target }
    // A product is named with its package: `.product(name: "Yams", package: "Yams")`.
    var dependencies: [String] = []
    var rest = balanced(list.dropFirst())
    while let product = rest.position(of: ".product(") {
      dependencies += quoted(rest[..<product])
      let inside = balanced(rest[product...].dropFirst(".product(".count))
      dependencies += quoted(inside).prefix(1)
      rest = rest[inside.endIndex...]
    }
    target.dependencies = dependencies + quoted(rest)
    return target
  }

  /// What follows `label: `.
  private static func value(of label: String, in text: Substring) -> Substring? {
    text.position(of: "\(label): ").map { text[$0...].dropFirst(label.count + 2) }
  }

  /// The texts that stand in quotes.
  private static func quoted(_ text: Substring) -> [String] {
    text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
      .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
  }
}
