/// The four normalization forms of Unicode Standard Annex #15. Pipelines offer the composed ones;
/// the others are what Unicode's test file checks besides.
package enum UnicodeForm: Sendable, CaseIterable {
  /// Canonical decomposition.
  case nfd
  /// Canonical composition.
  case nfc
  /// Compatibility decomposition.
  case nfkd
  /// Compatibility composition.
  case nfkc

  /// Whether letters and their marks are joined.
  var isComposed: Bool { self == .nfc || self == .nfkc }
  /// Whether compatibility characters, such as full-width letters, become ordinary ones.
  var isCompatible: Bool { self == .nfkd || self == .nfkc }
}

/// How a code point behaves in a text that is being normalized.
enum NormalizationClass {
  /// Stays what it is, and nothing before it can change it.
  case plain
  /// Stays what it is unless marks follow or it changes by itself: look at its whole segment.
  case starter
  /// A mark of this combining class that stays what it is among marks in canonical order.
  case mark(UInt16)
  /// Belongs to the segment of what stands before it.
  case joining
}

/// Tells how code points behave under one form, with or without case folding.
struct NormalizationClasses {
  let form: UnicodeForm
  let folding: Bool

  /// The class of `scalar`.
  @inline(__always)
  func classify(_ scalar: UInt32, using room: inout [Int32]) -> NormalizationClass {
    if scalar < 0x300 {
      if scalar < 0x80 { return .plain }
    } else if isIdeographOrKana(scalar) {
      return .plain
    }
    return classifyByProperty(scalar, using: &room)
  }

  /// Han, and the syllables of Hiragana and Katakana that no voicing mark joins, make up Chinese
  /// text; only Han is asked for here, the rest goes by property.
  @inline(__always)
  private func isIdeographOrKana(_ scalar: UInt32) -> Bool {
    (0x3400..<0x4DC0).contains(scalar) || (0x4E00..<0xA000).contains(scalar)
  }

  private func classifyByProperty(
    _ scalar: UInt32, using room: inout [Int32]
  ) -> NormalizationClass {
    if let hangul = classifyHangul(scalar) { return hangul }
    let facts = Utf8proc.facts(scalar)
    let changes = facts.isDecomposable || (folding && facts.isFoldable)
    if !changes {
      if facts.joinsPrevious && form.isComposed { return .joining }
      return facts.combiningClass == 0 ? .plain : .mark(facts.combiningClass)
    }
    return startsSegment(scalar, using: &room) ? .starter : .joining
  }

  /// Conjoining Hangul composes by arithmetic, not by the tables.
  private func classifyHangul(_ scalar: UInt32) -> NormalizationClass? {
    switch scalar {
    case 0x1161...0x1175, 0x11A8...0x11C2: form.isComposed ? .joining : .plain
    case 0xAC00...0xD7A3: form.isComposed ? .plain : .starter
    default: nil
    }
  }

  /// Whether nothing that `scalar` decomposes to, folded or not, reaches back before it.
  private func startsSegment(_ scalar: UInt32, using room: inout [Int32]) -> Bool {
    for folds in folding ? [false, true] : [false] {
      room.removeAll(keepingCapacity: true)
      Utf8proc.appendDecomposition(
        of: scalar, compatibly: form.isCompatible, folding: folds, to: &room)
      guard let first = room.first else { return false }
      let scalar = UInt32(bitPattern: first)
      let facts = Utf8proc.facts(scalar)
      if facts.combiningClass != 0 || facts.joinsPrevious { return false }
      if (0x1161...0x1175).contains(scalar) || (0x11A8...0x11C2).contains(scalar) { return false }
    }
    return true
  }
}
