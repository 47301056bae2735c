package import PipelineCore

/// Finds the segments of a text that normalization changes, and changes only those.
package struct SegmentedText {
  private let text: UnsafeBufferPointer<UInt8>
  private let classes: NormalizationClasses
  private let shortForms: ShortForms?
  private var segments: SegmentNormalizer
  private var room: [Int32] = []

  /// `text` in `form`, aligned with the same source.
  package static func normalize(
    _ text: AlignedText, form: UnicodeForm, folding: Bool
  ) -> AlignedText {
    // ASCII first, in one fast pass: each upper-case letter is its lower-case one, whatever
    // follows, and no normalization form touches ASCII.
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

  private init(_ text: UnsafeBufferPointer<UInt8>, form: UnicodeForm, folding: Bool) {
    self.text = text
    classes = NormalizationClasses(form: form, folding: folding)
    shortForms = ShortForms.table(for: classes)
    segments = SegmentNormalizer(form: form, folding: folding)
  }

  private mutating func rewrite(with rewriter: inout AlignedRewriter) {
    var index = 0
    // Where the segment began that a mark at `index` would belong to, and its marks so far.
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
        if rewriteAlone(scalar, index..<index + length, with: &rewriter) {
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
    switch shortForms?.entry(scalar) {
    case .of(let kind): kind
    case .becomes: .starter
    case nil: classes.classify(scalar, using: &room)
    }
  }

  /// Rewrites a segment of one common code point by table; false if it is no such segment.
  @inline(__always)
  private mutating func rewriteAlone(
    _ scalar: UInt32, _ range: Range<Int>, with rewriter: inout AlignedRewriter
  ) -> Bool {
    guard case .becomes(let packed, let count) = shortForms?.entry(scalar),
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

  /// Where the next code point stands that nothing before it can change.
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
  /// The same text with the letters A to Z in lower case.
  fileprivate func foldingASCII() -> AlignedText {
    guard bytes.contains(where: { $0 &- 0x41 < 26 }) else { return self }
    var folded = self
    folded.replaceInPlace(with: bytes.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 })
    return folded
  }
}
