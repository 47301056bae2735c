internal import PipelineCore

/// Rewrites pieces of a text from left to right and keeps it aligned with its source.
///
/// A normalizer says which ranges become what; everything between them is copied in one go. A text
/// in which nothing is replaced comes back untouched, and one in which every piece keeps its length
/// keeps its alignment too.
struct AlignedRewriter {
  private var text: AlignedText
  private var bytes: [UInt8] = []
  /// The start of each byte's piece; `nil` while every byte stands where it stood.
  private var starts: [Int32]?
  /// The source before this is in `bytes` or was replaced.
  private var done = 0
  private var isChanged = false

  /// Starts at the beginning of `text`.
  init(_ text: AlignedText) { self.text = text }

  /// Puts `replacement` in the place of `range`; ranges must come in order.
  @inline(__always)
  mutating func replace(_ range: Range<Int>, with replacement: some Collection<UInt8>) {
    beginReplacing(range)
    let before = bytes.count
    bytes.append(contentsOf: replacement)
    endReplacing(range, before: before)
  }

  /// Puts the code point `scalar` in the place of `range`.
  @inline(__always)
  mutating func replace(_ range: Range<Int>, with scalar: UInt32) {
    beginReplacing(range)
    let before = bytes.count
    UTF8Scalars.append(scalar, to: &bytes)
    endReplacing(range, before: before)
  }

  /// Leaves `range` out.
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
      // Until here every byte stood where it stood.
      var identity = Array(0..<Int32(before))
      identity.reserveCapacity(text.bytes.count + 17)
      starts = identity
    }
    starts?.append(contentsOf: repeatElement(Int32(range.lowerBound), count: added))
    done = range.upperBound
  }

  /// Whether what was written from `before` on has its code points where `range` has them: three
  /// dots take as many bytes as the ellipsis they came from, but not each dot a character of it.
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

  /// The rewritten text.
  consuming func finish() -> AlignedText {
    guard isChanged else { return text }
    let end = text.bytes.count
    copy(upTo: end)
    starts?.append(Int32(end))
    if let starts {
      text.replace(with: bytes, starts: starts)
    } else {
      text.replaceInPlace(with: bytes)
    }
    return text
  }
}

/// One code point of a text that is being rewritten.
struct ScalarPlace {
  /// The whole text.
  let text: UnsafeBufferPointer<UInt8>
  /// The code point.
  let scalar: UInt32
  /// Its bytes.
  let range: Range<Int>

  /// The code point at `index`, or `nil` at the end.
  init?(_ text: UnsafeBufferPointer<UInt8>, at index: Int) {
    guard index < text.count else { return nil }
    let (scalar, length) = UTF8Scalars.decode(text, at: index)
    self.text = text
    self.scalar = scalar
    self.range = index..<index + length
  }

  /// The code point after this one.
  var next: ScalarPlace? { ScalarPlace(text, at: range.upperBound) }

  /// The code point before this one.
  var previous: ScalarPlace? {
    var index = range.lowerBound
    guard index > 0 else { return nil }
    repeat { index -= 1 } while index > 0 && text[index] & 0xC0 == 0x80
    return ScalarPlace(text, at: index)
  }
}

extension AlignedText {
  /// The text after `rule` has seen its code points.
  ///
  /// - Parameters:
  ///   - ascii: whether the rule wants to see ASCII too; most rules are about other scripts, and a
  ///     text without those comes back at once.
  ///   - rule: replaces or drops what it likes and returns where to go on: behind the code point
  ///     it was given, or further on if it has dealt with more.
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
