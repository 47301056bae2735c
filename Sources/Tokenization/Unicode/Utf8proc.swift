internal import CUtf8proc

/// The interface to utf8proc, the C library with Unicode's data. No other file calls it.
package enum Utf8proc {
  /// The version of the library in use, such as `2.8.0`.
  package static let libraryVersion = String(cString: utf8proc_version())
  /// The Unicode version of the library's data, such as `15.0.0`.
  ///
  /// Models record it, because with the data of another version, words may be split or folded
  /// differently than they were for the model's vocabulary.
  package static let unicodeVersion = String(cString: utf8proc_unicode_version())

  /// Appends the decomposition of `scalar` to `buffer`, without sorting marks.
  ///
  /// - Parameters:
  ///   - compatibly: whether to apply compatibility mappings.
  ///   - folding: whether to fold case.
  static func appendDecomposition(
    of scalar: UInt32, compatibly: Bool, folding: Bool, to buffer: inout [Int32]
  ) {
    var options = UTF8PROC_STABLE.rawValue | UTF8PROC_DECOMPOSE.rawValue
    if compatibly { options |= UTF8PROC_COMPAT.rawValue }
    if folding { options |= UTF8PROC_CASEFOLD.rawValue }
    // The longest decomposition is that of U+FDFA, with 18 code points.
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: 32) { decomposition in
      var lastClass: CInt = 0
      let count = utf8proc_decompose_char(
        Int32(bitPattern: scalar), decomposition.baseAddress, decomposition.count,
        utf8proc_option_t(options), &lastClass)
      if count >= 0 && count <= decomposition.count {
        buffer.append(contentsOf: decomposition[..<count])
      } else {
        buffer.append(Int32(bitPattern: scalar))
      }
    }
  }

  /// Applies Unicode's canonical composition to `buffer`.
  ///
  /// - Precondition: `buffer` is decomposed and in canonical order.
  static func compose(_ buffer: inout [Int32]) {
    let options = UTF8PROC_STABLE.rawValue | UTF8PROC_COMPOSE.rawValue
    let count = buffer.withUnsafeMutableBufferPointer { scalars in
      utf8proc_normalize_utf32(scalars.baseAddress, scalars.count, utf8proc_option_t(options))
    }
    if count >= 0 && count < buffer.count { buffer.removeLast(buffer.count - count) }
  }

  /// Returns the canonical combining class of `scalar`; 0 for starters.
  static func combiningClass(_ scalar: UInt32) -> UInt16 {
    UInt16(
      bitPattern: utf8proc_get_property(Int32(bitPattern: scalar))?.pointee.combining_class ?? 0)
  }

  /// Returns the properties of `scalar` that normalization depends on.
  static func properties(_ scalar: UInt32) -> NormalizationProperties {
    let none = UInt16.max
    // The library returns an entry for every number, so this never fails.
    guard let property = utf8proc_get_property(Int32(bitPattern: scalar)) else { return .none }
    let composition = property.pointee.comb_index
    return NormalizationProperties(
      combiningClass: UInt16(bitPattern: property.pointee.combining_class),
      isDecomposable: property.pointee.decomp_seqindex != none,
      isFoldable: property.pointee.casefold_seqindex != none,
      // utf8proc sets the top bit for the second half of a composition pair.
      joinsPrevious: composition != none && composition >= 0x8000)
  }

  /// Returns the general category of `scalar`.
  static func category(_ scalar: UInt32) -> GeneralCategory {
    let category = utf8proc_category(Int32(bitPattern: scalar))
    return GeneralCategory(rawValue: UInt8(truncatingIfNeeded: category.rawValue)) ?? .unassigned
  }

  /// Returns whether an extended grapheme cluster ends between two code points.
  ///
  /// - Parameter state: the library's state, passed from call to call within one text; 0 at the
  ///   start.
  static func isGraphemeBreak(
    between first: UInt32, and second: UInt32, state: inout Int32
  ) -> Bool {
    utf8proc_grapheme_break_stateful(
      Int32(bitPattern: first), Int32(bitPattern: second), &state)
  }

  /// Returns the library's own normalization of a text, for reference in tests.
  ///
  /// Takes quadratic time for a run of combining marks: never call it with a user's text.
  package static func map(_ bytes: [UInt8], form: NormalizationForm, folding: Bool) -> [UInt8]? {
    var options = UTF8PROC_STABLE.rawValue
    options |= (form.isComposed ? UTF8PROC_COMPOSE : UTF8PROC_DECOMPOSE).rawValue
    if form.isCompatible { options |= UTF8PROC_COMPAT.rawValue }
    if folding { options |= UTF8PROC_CASEFOLD.rawValue }
    var result: UnsafeMutablePointer<UInt8>?
    let count = bytes.withUnsafeBufferPointer {
      utf8proc_map($0.baseAddress, $0.count, &result, utf8proc_option_t(options))
    }
    guard count >= 0, let result else { return nil }
    defer { free(result) }
    return Array(UnsafeBufferPointer(start: result, count: count))
  }
}

/// The properties of a code point that normalization depends on.
struct NormalizationProperties {
  /// Canonical_Combining_Class; 0 for starters.
  var combiningClass: UInt16
  /// Whether it has a canonical or compatibility decomposition.
  var isDecomposable: Bool
  /// Whether full case folding changes it.
  var isFoldable: Bool
  /// Whether it may be the second half of a composition; conjoining Hangul is not included.
  var joinsPrevious: Bool

  /// The properties of a code point that never changes.
  static let none = NormalizationProperties(
    combiningClass: 0, isDecomposable: false, isFoldable: false, joinsPrevious: false)
}

/// The values of the Unicode property General_Category, numbered as in utf8proc.
enum GeneralCategory: UInt8 {
  case unassigned, uppercaseLetter, lowercaseLetter, titlecaseLetter, modifierLetter, otherLetter
  case nonspacingMark, spacingMark, enclosingMark
  case decimalNumber, letterNumber, otherNumber
  case connectorPunctuation, dashPunctuation, openPunctuation, closePunctuation
  case initialPunctuation, finalPunctuation, otherPunctuation
  case mathSymbol, currencySymbol, modifierSymbol, otherSymbol
  case spaceSeparator, lineSeparator, paragraphSeparator
  case control, format, surrogate, privateUse

  /// Whether it is a letter, a mark, or a number. Joiners between two of them are meaningful.
  var isPartOfWord: Bool { rawValue >= 1 && rawValue <= 11 }
}
