import SourceText

/// The names of types and type parameters that a file declares.
struct TypeDeclarations {
  /// A declared type.
  struct Declaration {
    var name: String
    /// Whether the type is declared inside another one or inside an extension.
    var isNested: Bool
    /// Whether only its file can use the type.
    var isPrivate: Bool
  }

  /// The types, in the order of the file.
  private(set) var types: [Declaration] = []
  /// The names of generic parameters and associated types.
  private(set) var parameters: Set<String> = []

  private static let kinds: Set = ["struct", "class", "enum", "protocol", "actor", "typealias"]
  private static let scopes: Set = ["private", "fileprivate"]
  private static let generics: Set = ["func", "init", "subscript"]

  init(_ tokens: [SwiftToken]) {
    var depth = 0
    for index in tokens.indices where tokens[index].kind != .string {
      let token = tokens[index]
      if token.is("{") { depth += 1 }
      if token.is("}") { depth -= 1 }
      guard token.kind == .word, let next = tokens[(index + 1)...].first else { continue }
      if token.is("associatedtype") {
        parameters.insert(next.text)
      } else if Self.kinds.contains(token.text), Self.isTypeName(next) {
        let modifiers = tokens[..<index].suffix(2)
        types.append(
          Declaration(
            name: next.text, isNested: depth > 0,
            isPrivate: depth == 0 && modifiers.contains { Self.scopes.contains($0.text) }))
        parameters.formUnion(Self.parameters(of: tokens, after: index + 1))
      } else if Self.generics.contains(token.text) {
        let name = token.is("func") ? index + 1 : index
        parameters.formUnion(Self.parameters(of: tokens, after: name))
      }
    }
  }

  /// Returns whether the token after a keyword such as `class` is the name of a type, which begins
  /// with a capital, and not `func` or a part of an argument label.
  private static func isTypeName(_ token: SwiftToken) -> Bool {
    token.kind == .word && token.text.first?.isUppercase == true
  }

  /// Returns the names in the generic parameter clause that follows the token at `index`, if any.
  private static func parameters(of tokens: [SwiftToken], after index: Int) -> [String] {
    guard let open = tokens[(index + 1)...].first, open.is("<") else { return [] }
    var names: [String] = []
    var depth = 0
    for place in (index + 1)..<tokens.count {
      if tokens[place].is("<") { depth += 1 }
      if tokens[place].is(">") { depth -= 1 }
      if depth == 0 { break }
      let opens = tokens[place].is("<") || tokens[place].is(",")
      if depth == 1, opens, place + 1 < tokens.count { names.append(tokens[place + 1].text) }
    }
    return names
  }
}
