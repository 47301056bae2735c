import SourceText

/// Which folders of a target use types declared in which others.
struct FolderGraph {
  /// A use of a type that another folder declares.
  struct Use: CustomStringConvertible {
    var user: String
    var owner: String
    var type: String
    var file: String
    var line: Int

    var description: String { "\(user) -> \(owner): \(type) at \(file):\(line)" }
  }

  /// The first use of each type in each folder.
  private(set) var uses: [Use] = []

  /// Reads the files of one target.
  ///
  /// A type belongs to the folder that declares it outside of other types. A name that several
  /// folders declare belongs to none of them. Members of an extension belong to the type, so an
  /// extension counts only as a use of it.
  init(_ files: [SourceFile]) {
    let declarations = files.map { TypeDeclarations($0.tokens) }
    var owners: [String: Set<String>] = [:]
    /// All names that a folder declares, including nested ones. In that folder, they mean its own
    /// types.
    var own: [String: Set<String>] = [:]
    for (file, declared) in zip(files, declarations) {
      for type in declared.types {
        own[file.folder, default: []].insert(type.name)
        if !type.isNested && !type.isPrivate {
          owners[type.name, default: []].insert(file.folder)
        }
      }
    }
    var known: Set<String> = []
    for (file, declared) in zip(files, declarations) {
      let local = own[file.folder, default: []].union(declared.parameters)
      let code = file.tokens.code
      for (index, token) in code.enumerated() where token.kind == .word {
        // After a period, the name is a member of something else.
        guard index == 0 || !code[index - 1].is("."), !local.contains(token.text),
          let folders = owners[token.text], folders.count == 1, let owner = folders.first,
          owner != file.folder
        else { continue }
        guard known.insert("\(file.folder) \(owner) \(token.text)").inserted else { continue }
        uses.append(
          Use(
            user: file.folder, owner: owner, type: token.text, file: file.path, line: token.line))
      }
    }
  }

  /// The uses that are part of a circle: the owner also uses the user, directly or through others.
  var circular: [Use] {
    let arrows = Dictionary(grouping: uses, by: \.user).mapValues { Set($0.map(\.owner)) }
    return uses.filter { Self.reaches($0.user, from: $0.owner, arrows) }
      .sorted { ($0.user, $0.owner, $0.type) < ($1.user, $1.owner, $1.type) }
  }

  private static func reaches(
    _ goal: String, from start: String, _ arrows: [String: Set<String>]
  ) -> Bool {
    var seen: Set = [start]
    var waiting = [start]
    while let folder = waiting.popLast() {
      if folder == goal { return true }
      for next in arrows[folder, default: []] where seen.insert(next).inserted {
        waiting.append(next)
      }
    }
    return false
  }
}
