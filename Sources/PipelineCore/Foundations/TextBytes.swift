extension StringProtocol {
  /// Returns whether both texts have the same UTF-8 bytes.
  ///
  /// Use this to compare text that comes from outside the program. `==` and `hash(into:)`
  /// normalize, which takes quadratic time for a run of combining marks and treats canonically
  /// equivalent texts as equal.
  @inlinable package func hasBytes(of other: some StringProtocol) -> Bool {
    utf8.elementsEqual(other.utf8)
  }

  /// Returns the first `limit` code points, followed by `...` if there are more, for messages.
  package func excerpt(_ limit: Int = 100) -> String {
    let end = unicodeScalars.index(startIndex, offsetBy: limit, limitedBy: endIndex)
    guard let end, end < endIndex else { return String(self) }
    return String(self[..<end]) + "..."
  }
}

extension Sequence where Element: StringProtocol {
  /// Returns whether an element has the same UTF-8 bytes as `text`.
  @inlinable package func containsBytes(of text: some StringProtocol) -> Bool {
    contains { $0.hasBytes(of: text) }
  }
}

extension CaseIterable where Self: RawRepresentable<String> {
  /// Returns the case whose raw value has the same UTF-8 bytes as `text`; `nil` if there is none.
  @inlinable package static func named(_ text: some StringProtocol) -> Self? {
    allCases.first { $0.rawValue.hasBytes(of: text) }
  }
}
