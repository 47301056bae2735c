/// Names such as `meta.src` that are meant for a member of a nested object.
package enum NestedMember {
  /// Returns whether `name` looks like a path, such as `meta.src`, that begins with one of `members`.
  package static func isPath(_ name: String, in members: some Sequence<String>) -> Bool {
    guard let (parent, _) = parts(of: name) else { return false }
    return members.contains { $0.utf8.elementsEqual(parent.utf8) }
  }

  /// Returns advice on what to do instead of using such a name.
  package static func advice(_ name: String) -> String {
    let (parent, child) = parts(of: name) ?? (name, name)
    return "nested members are not supported; move \(QuotedText.quote(child)) to the top level, "
      + "beside \(QuotedText.quote(parent))"
  }

  /// Splits a name at its first dot; `nil` if a part would be empty.
  private static func parts(of name: String) -> (parent: String, child: String)? {
    guard let dot = name.firstIndex(of: ".") else { return nil }
    let (parent, child) = (name[..<dot], name[name.index(after: dot)...])
    return parent.isEmpty || child.isEmpty ? nil : (String(parent), String(child))
  }
}
