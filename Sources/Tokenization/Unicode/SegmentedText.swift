package import PipelineCore

/// Normalizes a text by finding the segments that change and rewriting only those.
package struct SegmentedText {
  private let text: UnsafeBufferPointer<UInt8>
  private let classes: NormalizationClasses
  private let mappings: CommonMappings?
  private var segments: SegmentNormalizer
  private var buffer: [Int32] = []

  /// Returns `text` in `form`, aligned with the same source.
  ///
  /// - Parameter folding: whether to fold case.
  package static func normalize(
    _ text: AlignedText, form: NormalizationForm, folding: Bool
  ) -> AlignedText {
    // ASCII is folded first, in one fast pass: its folding does not depend on what follows, and no
    // form changes ASCII.
    let text = folding ? text.foldingASCII() : text
    var rewriter = AlignedRewriter(text)
    let cut = text.bytes.withUnsafeBufferPointer { bytes in
      var segmented = SegmentedText(bytes, form: form, folding: folding)
      segmented.rewrite(with: &rewriter)
      return segmented.segments.marksCut
    }
    var normalized = rewriter.finish()
    normalized.warn("marks-cut", count: cut)
    return normalized
  }

  private init(_ text: UnsafeBufferPointer<UInt8>, form: NormalizationForm, folding: Bool) {
    self.text = text
    classes = NormalizationClasses(form: form, folding: folding)
    mappings = CommonMappings.table(for: classes)
    segments = SegmentNormalizer(form: form, folding: folding)
  }

  private mutating func rewrite(with rewriter: inout AlignedRewriter) {
    var index = 0
    // The start of the segment that a mark at `index` would belong to, and its marks so far.
    var start = 0
    var lastClass: UInt16 = 0
    var marks = 0
    while index < text.count {
      if text[index] < 0x80 {
        index = UTF8Scalars.endOfASCII(text, from: index)
        (start, lastClass, marks) = (index - 1, 0, 0)
        continue
      }
      let (scalar, length) = UTF8Scalars.decode(text, at: index)
      switch classify(scalar) {
      case .plain:
        (start, lastClass, marks) = (index, 0, 0)
        index += length
        continue
      case .mark(let order) where order >= lastClass && marks < SegmentNormalizer.longestRun:
        (lastClass, marks) = (order, marks + 1)
        index += length
        continue
      case .starter:
        start = index
        if rewriteSingle(scalar, index..<index + length, with: &rewriter) {
          index += length
          (start, lastClass, marks) = (index, 0, 0)
          continue
        }
      case .mark, .joining: break
      }
      index = endOfSegment(after: index + length)
      rewriteSegment(start..<index, with: &rewriter)
      (start, lastClass, marks) = (index, 0, 0)
    }
  }

  @inline(__always)
  private mutating func classify(_ scalar: UInt32) -> NormalizationClass {
    switch mappings?.entry(scalar) {
    case .classified(let kind): kind
    case .mapped: .starter
    case nil: classes.classify(scalar, using: &buffer)
    }
  }

  /// Rewrites a segment that is one common code point, using a table.
  ///
  /// - Returns: `false` if the segment has more code points or is not in the table.
  @inline(__always)
  private mutating func rewriteSingle(
    _ scalar: UInt32, _ range: Range<Int>, with rewriter: inout AlignedRewriter
  ) -> Bool {
    guard case .mapped(let packed, let count) = mappings?.entry(scalar),
      endOfSegment(after: range.upperBound) == range.upperBound
    else { return false }
    var word = packed.littleEndian
    withUnsafeBytes(of: &word) { bytes in
      let bytes = bytes[..<count]
      if !bytes.elementsEqual(text[range]) { rewriter.replace(range, with: bytes) }
    }
    return true
  }

  private mutating func rewriteSegment(_ range: Range<Int>, with rewriter: inout AlignedRewriter) {
    let normalized = segments.normalize(text, range)
    if !normalized.elementsEqual(text[range]) { rewriter.replace(range, with: normalized) }
  }

  /// Returns the position of the next code point that preceding ones cannot affect.
  private mutating func endOfSegment(after start: Int) -> Int {
    var index = start
    while index < text.count {
      let (scalar, length) = UTF8Scalars.decode(text, at: index)
      switch classify(scalar) {
      case .plain, .starter: return index
      case .mark, .joining: index += length
      }
    }
    return index
  }
}

extension AlignedText {
  /// Returns the text with the letters A to Z in lower case.
  fileprivate func foldingASCII() -> AlignedText {
    guard bytes.contains(where: { $0 &- 0x41 < 26 }) else { return self }
    var folded = self
    folded.replaceInPlaceUnchecked(with: bytes.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 })
    return folded
  }
}

/// The precomputed mappings of U+0080 to U+07FF: Latin with accents, Greek, Cyrillic, Hebrew, and
/// Arabic, which account for most of the non-ASCII characters in most texts.
private struct CommonMappings: Sendable {
  /// The mapping of a code point.
  enum Entry {
    /// A code point of this class that has no short mapping.
    case classified(NormalizationClass)
    /// A starter that maps to these bytes unless it composes with a following character. The first
    /// byte is in the lowest bits.
    case mapped(UInt32, count: Int)
  }

  private static let range: Range<UInt32> = 0x80..<0x800
  private static let canonical = CommonMappings(NormalizationClasses(form: .nfc, folding: false))
  private static let canonicalFolded = CommonMappings(
    NormalizationClasses(form: .nfc, folding: true))
  private static let compatible = CommonMappings(NormalizationClasses(form: .nfkc, folding: false))
  private static let compatibleFolded = CommonMappings(
    NormalizationClasses(form: .nfkc, folding: true))

  private let entries: [Entry]

  /// Returns the table of a form; `nil` for decomposed forms, which no pipeline uses.
  static func table(for classes: NormalizationClasses) -> CommonMappings? {
    switch (classes.form, classes.folding) {
    case (.nfc, false): canonical
    case (.nfc, true): canonicalFolded
    case (.nfkc, false): compatible
    case (.nfkc, true): compatibleFolded
    case (.nfd, _), (.nfkd, _): nil
    }
  }

  private init(_ classes: NormalizationClasses) {
    var buffer: [Int32] = []
    var segments = SegmentNormalizer(form: classes.form, folding: classes.folding)
    entries = Self.range.map { scalar in
      let kind = classes.classify(scalar, using: &buffer)
      guard case .starter = kind else { return .classified(kind) }
      var source: [UInt8] = []
      UTF8Scalars.append(scalar, to: &source)
      let result = source.withUnsafeBufferPointer { segments.normalize($0, 0..<$0.count) }
      guard result.count <= 4 else { return .classified(kind) }
      let packed = result.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      return .mapped(packed, count: result.count)
    }
  }

  /// Returns the entry of `scalar`; `nil` outside the table.
  @inline(__always)
  func entry(_ scalar: UInt32) -> Entry? {
    Self.range.contains(scalar) ? entries[Int(scalar - Self.range.lowerBound)] : nil
  }
}
