extension ConfigurationNode {
  /// The text of a scalar, quoted or not.
  package var scalar: String? {
    if case .scalar(let text, _) = value { text } else { nil }
  }

  /// The text of a scalar that stood without quotes.
  package var plainScalar: String? {
    if case .scalar(let text, isPlain: true) = value { text } else { nil }
  }
}

extension String {
  /// `-?[0-9]+`
  package var isDecimalInteger: Bool {
    let digits = hasPrefix("-") ? dropFirst() : self[...]
    return !digits.isEmpty && digits.utf8.allSatisfy { (48...57).contains($0) }
  }

  /// Digits with at most one point and one exponent; nothing that means infinity.
  package var isDecimalNumber: Bool {
    !isEmpty && utf8.allSatisfy { "+-.0123456789eE".utf8.contains($0) }
      && utf8.contains { (48...57).contains($0) }
  }
}
