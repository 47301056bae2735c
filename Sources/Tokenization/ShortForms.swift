/// What the code points from U+0080 to U+07FF become, worked out once: Latin with accents, Greek,
/// Cyrillic, Hebrew and Arabic are most of what is not ASCII in most texts.
struct ShortForms: Sendable {
  /// What a text does with a code point of the table.
  enum Entry {
    /// The class; a starter needs a closer look.
    case of(NormalizationClass)
    /// A starter that becomes these bytes, the first in the lowest byte, if nothing joins it.
    case becomes(UInt32, count: Int)
  }

  private static let range: Range<UInt32> = 0x80..<0x800
  private static let canonical = ShortForms(NormalizationClasses(form: .nfc, folding: false))
  private static let canonicalFolded = ShortForms(NormalizationClasses(form: .nfc, folding: true))
  private static let compatible = ShortForms(NormalizationClasses(form: .nfkc, folding: false))
  private static let compatibleFolded = ShortForms(NormalizationClasses(form: .nfkc, folding: true))

  private let entries: [Entry]

  /// The table for these options; the decomposed forms, which no pipeline uses, have none.
  static func table(for classes: NormalizationClasses) -> ShortForms? {
    switch (classes.form, classes.folding) {
    case (.nfc, false): canonical
    case (.nfc, true): canonicalFolded
    case (.nfkc, false): compatible
    case (.nfkc, true): compatibleFolded
    case (.nfd, _), (.nfkd, _): nil
    }
  }

  private init(_ classes: NormalizationClasses) {
    var room: [Int32] = []
    var segments = SegmentNormalizer(form: classes.form, folding: classes.folding)
    entries = Self.range.map { scalar in
      let kind = classes.classify(scalar, using: &room)
      guard case .starter = kind else { return .of(kind) }
      var source: [UInt8] = []
      UTF8Scalars.append(scalar, to: &source)
      let result = source.withUnsafeBufferPointer { segments.normalize($0, 0..<$0.count) }
      guard result.count <= 4 else { return .of(kind) }
      let packed = result.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      return .becomes(packed, count: result.count)
    }
  }

  /// The entry of `scalar`, if the table reaches as far.
  @inline(__always)
  func entry(_ scalar: UInt32) -> Entry? {
    Self.range.contains(scalar) ? entries[Int(scalar - Self.range.lowerBound)] : nil
  }
}
