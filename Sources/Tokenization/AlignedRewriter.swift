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
