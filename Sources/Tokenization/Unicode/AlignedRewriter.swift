internal import PipelineCore

/// Rewrites ranges of a text from left to right and keeps it aligned with its source.
///
/// A normalizer replaces ranges; everything between them is copied. A text without replacements is
/// returned unchanged. If all replacements have the same length as the originals, the alignment
/// stays the same.
struct AlignedRewriter {
  private var text: AlignedText
  private var bytes: [UInt8] = []
  /// The position in `text` that each byte comes from; `nil` while all bytes are at their original
  /// positions.
  private var starts: [Int32]?
  /// The position up to which `text` has been copied or replaced.
  private var done = 0
  private var isChanged = false

  /// Creates a rewriter at the beginning of `text`.
  init(_ text: AlignedText) { self.text = text }

  /// Replaces `range` with `replacement`.
  ///
  /// - Precondition: `range` begins at or after the end of the last replaced range.
  @inline(__always)
  mutating func replace(_ range: Range<Int>, with replacement: some Collection<UInt8>) {
    beginReplacing(range)
    let before = bytes.count
    bytes.append(contentsOf: replacement)
    endReplacing(range, before: before)
  }

  /// Replaces `range` with the code point `scalar`.
  @inline(__always)
  mutating func replace(_ range: Range<Int>, with scalar: UInt32) {
    beginReplacing(range)
    let before = bytes.count
    UTF8Scalars.append(scalar, to: &bytes)
    endReplacing(range, before: before)
  }

  /// Removes `range`.
  mutating func drop(_ range: Range<Int>) { replace(range, with: EmptyCollection()) }

  private mutating func beginReplacing(_ range: Range<Int>) {
    if !isChanged {
      isChanged = true
      bytes.reserveCapacity(text.bytes.count + 16)
    }
    copy(upTo: range.lowerBound)
  }

  private mutating func endReplacing(_ range: Range<Int>, before: Int) {
    let added = bytes.count - before
    if starts == nil && !keepsBoundaries(range, before: before) {
      // All bytes before this one are at their original positions.
      var identity = Array(0..<Int32(before))
      identity.reserveCapacity(text.bytes.count + 17)
      starts = identity
    }
    starts?.append(contentsOf: repeatElement(Int32(range.lowerBound), count: added))
    done = range.upperBound
  }

  /// Returns whether the bytes written from `before` have the same code point boundaries as
  /// `range`.
  ///
  /// For example, three dots have as many bytes as the ellipsis they replace, but different
  /// boundaries.
  @inline(__always)
  private func keepsBoundaries(_ range: Range<Int>, before: Int) -> Bool {
    guard bytes.count - before == range.count else { return false }
    for offset in 0..<range.count
    where (bytes[before + offset] & 0xC0 == 0x80)
      != (text.bytes[range.lowerBound + offset] & 0xC0 == 0x80)
    {
      return false
    }
    return true
  }

  private mutating func copy(upTo end: Int) {
    guard end > done else { return }
    bytes.append(contentsOf: text.bytes[done..<end])
    starts?.append(contentsOf: Int32(done)..<Int32(end))
    done = end
  }

  /// Returns the rewritten text.
  consuming func finish() -> AlignedText {
    guard isChanged else { return text }
    let end = text.bytes.count
    copy(upTo: end)
    starts?.append(Int32(end))
    if let starts {
      text.replaceUnchecked(with: bytes, starts: starts)
    } else {
      text.replaceInPlaceUnchecked(with: bytes)
    }
    return text
  }
}

/// A code point of a text with its position.
struct ScalarPlace {
  /// The whole text.
  let text: UnsafeBufferPointer<UInt8>
  /// The code point.
  let scalar: UInt32
  /// The range of its bytes.
  let range: Range<Int>

  /// Creates the code point at `index`; `nil` at the end of the text.
  init?(_ text: UnsafeBufferPointer<UInt8>, at index: Int) {
    guard index < text.count else { return nil }
    let (scalar, length) = UTF8Scalars.decode(text, at: index)
    self.text = text
    self.scalar = scalar
    self.range = index..<index + length
  }

  /// The next code point.
  var next: ScalarPlace? { ScalarPlace(text, at: range.upperBound) }

  /// The previous code point.
  var previous: ScalarPlace? {
    var index = range.lowerBound
    guard index > 0 else { return nil }
    repeat { index -= 1 } while index > 0 && text[index] & 0xC0 == 0x80
    return ScalarPlace(text, at: index)
  }
}

extension AlignedText {
  /// Returns the text rewritten by a rule that is called for each code point.
  ///
  /// - Parameters:
  ///   - ascii: whether to call the rule for ASCII too; otherwise ASCII is skipped quickly.
  ///   - rule: replaces or drops ranges and returns the position to continue from: the end of the
  ///     code point, or a later one if it handled more.
  func rewritten(
    ascii: Bool = false, by rule: (ScalarPlace, inout AlignedRewriter) -> Int
  ) -> AlignedText {
    var rewriter = AlignedRewriter(self)
    bytes.withUnsafeBufferPointer { text in
      var index = 0
      while index < text.count {
        if !ascii {
          index = UTF8Scalars.endOfASCII(text, from: index)
        }
        guard let place = ScalarPlace(text, at: index) else { break }
        index = max(place.range.upperBound, rule(place, &rewriter))
      }
    }
    return rewriter.finish()
  }
}
