internal import CUtf8proc

/// The C library that knows Unicode's data: this file is its only caller.
public enum Utf8proc {
  /// The version of the library that this process runs with, such as `2.8.0`.
  public static let libraryVersion = String(cString: utf8proc_version())
  /// The version of Unicode that its data follow, such as `15.0.0`. A model records it: words cut
  /// or folded by other data may not meet the words that were learnt.
  public static let unicodeVersion = String(cString: utf8proc_unicode_version())

  /// Appends the decomposition of `scalar`, with case folding and compatibility mappings as asked,
  /// to `buffer`. Marks are not put in order yet.
  static func appendDecomposition(
    of scalar: UInt32, compatibly: Bool, folding: Bool, to buffer: inout [Int32]
  ) {
    var options = UTF8PROC_STABLE.rawValue | UTF8PROC_DECOMPOSE.rawValue
    if compatibly { options |= UTF8PROC_COMPAT.rawValue }
    if folding { options |= UTF8PROC_CASEFOLD.rawValue }
    // The longest decomposition, that of U+FDFA, has 18 code points.
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: 32) { room in
      var lastClass: CInt = 0
      let count = utf8proc_decompose_char(
        Int32(bitPattern: scalar), room.baseAddress, room.count, utf8proc_option_t(options),
        &lastClass)
      if count >= 0 && count <= room.count {
        buffer.append(contentsOf: room[..<count])
      } else {
        buffer.append(Int32(bitPattern: scalar))
      }
    }
  }

  /// Joins what Unicode's composition joins; `buffer` is decomposed and in canonical order.
  static func compose(_ buffer: inout [Int32]) {
    let options = UTF8PROC_STABLE.rawValue | UTF8PROC_COMPOSE.rawValue
    let count = buffer.withUnsafeMutableBufferPointer { room in
      utf8proc_normalize_utf32(room.baseAddress, room.count, utf8proc_option_t(options))
    }
    if count >= 0 && count < buffer.count { buffer.removeLast(buffer.count - count) }
  }

  /// Where a mark stands in canonical order; 0 for starters.
  static func combiningClass(_ scalar: UInt32) -> UInt16 {
    UInt16(
      bitPattern: utf8proc_get_property(Int32(bitPattern: scalar))?.pointee.combining_class ?? 0)
  }

  /// What normalization needs to know of a code point before it looks closer.
  static func facts(_ scalar: UInt32) -> NormalizationFacts {
    let none = UInt16.max
    // The library has an entry for every number, so there always is a property.
    guard let property = utf8proc_get_property(Int32(bitPattern: scalar)) else { return .none }
    let composition = property.pointee.comb_index
    return NormalizationFacts(
      combiningClass: UInt16(bitPattern: property.pointee.combining_class),
      isDecomposable: property.pointee.decomp_seqindex != none,
      isFoldable: property.pointee.casefold_seqindex != none,
      // utf8proc marks the second halves of its composition pairs with the top bit.
      joinsPrevious: composition != none && composition >= 0x8000)
  }

  /// The general category.
  static func category(_ scalar: UInt32) -> GeneralCategory {
    let category = utf8proc_category(Int32(bitPattern: scalar))
    return GeneralCategory(rawValue: UInt8(truncatingIfNeeded: category.rawValue)) ?? .unassigned
  }

  /// Whether an extended grapheme cluster ends between two code points.
  ///
  /// - Parameter state: what the library remembers of the text before; starts as 0.
  static func isGraphemeBreak(
    between first: UInt32, and second: UInt32, state: inout Int32
  ) -> Bool {
    utf8proc_grapheme_break_stateful(
      Int32(bitPattern: first), Int32(bitPattern: second), &state)
  }

  /// The library's own normalization of a whole text: the oracle that tests compare ours with.
  ///
  /// Quadratic in the length of runs of combining marks; nothing that a user's text reaches may
  /// call it.
  package static func map(_ bytes: [UInt8], form: UnicodeForm, folding: Bool) -> [UInt8]? {
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

/// What normalization needs to know of a code point before it looks closer.
struct NormalizationFacts {
  /// Canonical_Combining_Class; 0 for starters.
  var combiningClass: UInt16
  /// Has a decomposition, canonical or compatible.
  var isDecomposable: Bool
  /// Changes by full case folding.
  var isFoldable: Bool
  /// May be the second half of a composition (conjoining Hangul apart).
  var joinsPrevious: Bool

  /// Nothing to know.
  static let none = NormalizationFacts(
    combiningClass: 0, isDecomposable: false, isFoldable: false, joinsPrevious: false)
}

/// General_Category, numbered as the library does.
enum GeneralCategory: UInt8 {
  case unassigned, uppercaseLetter, lowercaseLetter, titlecaseLetter, modifierLetter, otherLetter
  case nonspacingMark, spacingMark, enclosingMark
  case decimalNumber, letterNumber, otherNumber
  case connectorPunctuation, dashPunctuation, openPunctuation, closePunctuation
  case initialPunctuation, finalPunctuation, otherPunctuation
  case mathSymbol, currencySymbol, modifierSymbol, otherSymbol
  case spaceSeparator, lineSeparator, paragraphSeparator
  case control, format, surrogate, privateUse

  /// Letters, their marks, and numbers: what a joiner may stand between.
  var isPartOfWord: Bool { rawValue >= 1 && rawValue <= 11 }
}
