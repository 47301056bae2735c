/// The four normalization forms of Unicode Standard Annex #15.
///
/// Pipelines use only the composed forms. All four exist because Unicode's test file covers them.
package enum NormalizationForm: Sendable, CaseIterable {
  /// Canonical decomposition.
  case nfd
  /// Canonical composition.
  case nfc
  /// Compatibility decomposition.
  case nfkd
  /// Compatibility composition.
  case nfkc

  /// Whether letters and their marks are composed.
  var isComposed: Bool { self == .nfc || self == .nfkc }
  /// Whether compatibility characters, such as full-width letters, become ordinary ones.
  var isCompatible: Bool { self == .nfkd || self == .nfkc }
}

/// The behavior of a code point in a text that is being normalized.
enum NormalizationClass {
  /// Does not change, and no preceding character can affect it.
  case plain
  /// May change, by itself or with the marks that follow, so the whole segment must be examined.
  case starter
  /// A mark of this combining class, which does not change if its run of marks is in canonical
  /// order.
  case mark(UInt16)
  /// Belongs to the segment of the preceding code point.
  case joining
}

/// Classifies code points for one form, with or without case folding.
struct NormalizationClasses {
  let form: NormalizationForm
  let folding: Bool

  /// Returns the class of `scalar`.
  ///
  /// - Parameter buffer: scratch space.
  @inline(__always)
  func classify(_ scalar: UInt32, using buffer: inout [Int32]) -> NormalizationClass {
    if scalar < 0x300 {
      if scalar < 0x80 { return .plain }
    } else if isHan(scalar) {
      return .plain
    }
    return classifyByProperty(scalar, using: &buffer)
  }

  /// Returns whether `scalar` is a common Han character; these make up most of Chinese text.
  @inline(__always)
  private func isHan(_ scalar: UInt32) -> Bool {
    (0x3400..<0x4DC0).contains(scalar) || (0x4E00..<0xA000).contains(scalar)
  }

  private func classifyByProperty(
    _ scalar: UInt32, using buffer: inout [Int32]
  ) -> NormalizationClass {
    if let hangul = classifyHangul(scalar) { return hangul }
    let properties = Utf8proc.properties(scalar)
    let changes = properties.isDecomposable || (folding && properties.isFoldable)
    if !changes {
      if properties.joinsPrevious && form.isComposed { return .joining }
      return properties.combiningClass == 0 ? .plain : .mark(properties.combiningClass)
    }
    return startsSegment(scalar, using: &buffer) ? .starter : .joining
  }

  /// Classifies conjoining Hangul, which is composed by arithmetic and not by tables.
  private func classifyHangul(_ scalar: UInt32) -> NormalizationClass? {
    switch scalar {
    case 0x1161...0x1175, 0x11A8...0x11C2: form.isComposed ? .joining : .plain
    case 0xAC00...0xD7A3: form.isComposed ? .plain : .starter
    default: nil
    }
  }

  /// Returns whether the decomposition of `scalar`, folded or not, cannot join the preceding code
  /// point.
  private func startsSegment(_ scalar: UInt32, using buffer: inout [Int32]) -> Bool {
    for folds in folding ? [false, true] : [false] {
      buffer.removeAll(keepingCapacity: true)
      Utf8proc.appendDecomposition(
        of: scalar, compatibly: form.isCompatible, folding: folds, to: &buffer)
      guard let first = buffer.first else { return false }
      let scalar = UInt32(bitPattern: first)
      let properties = Utf8proc.properties(scalar)
      if properties.combiningClass != 0 || properties.joinsPrevious { return false }
      if (0x1161...0x1175).contains(scalar) || (0x11A8...0x11C2).contains(scalar) { return false }
    }
    return true
  }
}
