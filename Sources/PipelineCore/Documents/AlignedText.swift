/// UTF-8 text with a map from each byte back to the source document.
///
/// A normalizer turns one aligned text into another. The map survives every normalizer, so a
/// token of the final text can be located in the source.
public struct AlignedText: Sendable, Equatable {
  /// The text; always valid UTF-8.
  public private(set) var bytes: [UInt8]
  /// The source offset of each byte of `bytes`, and of the end: `bytes.count + 1` byte offsets in
  /// ascending order. `nil` as long as each byte is at the same offset in the source.
  public private(set) var origins: [Int32]?
  /// The warnings from the normalizers, with counts.
  public var warnings: [DocumentWarning]
  /// The first invalid change that a stage made, as a sentence; `nil` for a correct stage.
  ///
  /// An invalid change leaves the text as it was, and the document gets an error record instead of
  /// a label.
  public private(set) var invalidChange: String?

  /// Creates an aligned text from a source document.
  ///
  /// Bytes that are not valid UTF-8 or have 2 GiB or more are an invalid change of the empty text.
  public init(source bytes: [UInt8]) {
    self.init(valid: [])
    guard let problem = Self.problem(of: bytes) else {
      self.bytes = bytes
      return
    }
    invalidChange = "init(source:) requires \(problem)"
  }

  /// Creates an aligned text from a source document that is known to be valid UTF-8 of less than
  /// 2 GiB.
  package init(valid bytes: [UInt8]) {
    self.bytes = bytes
    origins = nil
    warnings = []
  }

  /// Creates an aligned text from a string.
  public init(_ text: String) {
    self.init(valid: Array(text.utf8))
  }

  /// The length of the source document, in bytes.
  package var sourceLength: Int { origins.map { Int($0[bytes.count]) } ?? bytes.count }

  /// Replaces bytes one for one and keeps the alignment.
  ///
  /// - Parameter bytes: valid UTF-8, as long as the current text and with the same boundaries of
  ///   code points. Anything else is an invalid change.
  public mutating func replaceInPlace(with bytes: [UInt8]) {
    let name = "replaceInPlace(with:)"
    if bytes.count != self.bytes.count {
      reject(
        "\(name) requires as many bytes as the text has: expected \(self.bytes.count), "
          + "found \(bytes.count)")
    } else if let problem = Self.problem(of: bytes) {
      reject("\(name) requires \(problem)")
    } else if let byte = firstMovedBoundary(bytes) {
      reject(
        "\(name) requires the code points to begin where those of the text begin; "
          + "byte \(byte) differs")
    } else {
      replaceInPlaceUnchecked(with: bytes)
    }
  }

  /// Replaces the text with `bytes`, where byte `k` comes from offset `starts[k]` of the current
  /// text.
  ///
  /// - Parameters:
  ///   - bytes: valid UTF-8.
  ///   - starts: `bytes.count + 1` offsets in ascending order; the last is the length of the current
  ///     text. Anything else is an invalid change.
  public mutating func replace(with bytes: [UInt8], starts: [Int32]) {
    let name = "replace(with:starts:)"
    let length = self.bytes.count
    if starts.count != bytes.count + 1 {
      reject(
        "\(name) requires one start per byte and one for the end: expected \(bytes.count + 1), "
          + "found \(starts.count)")
    } else if let problem = Self.problem(of: bytes) {
      reject("\(name) requires \(problem)")
    } else if let start = starts.first(where: { $0 < 0 || $0 > length }) {
      reject(
        "\(name) requires starts from 0 to \(length), the length of the current text; "
          + "found \(start)")
    } else if let pair = zip(starts, starts.dropFirst()).first(where: { $0 > $1 }) {
      reject("\(name) requires starts in ascending order; found \(pair.0) before \(pair.1)")
    } else if Int(starts[bytes.count]) != length {
      reject(
        "\(name) requires the last start to be \(length), the length of the current text; "
          + "found \(starts[bytes.count])")
    } else {
      replaceUnchecked(with: bytes, starts: starts)
    }
  }

  /// Does what `replaceInPlace(with:)` does for bytes that are known to be valid.
  package mutating func replaceInPlaceUnchecked(with bytes: [UInt8]) { self.bytes = bytes }

  /// Does what `replace(with:starts:)` does for bytes and starts that are known to be valid.
  package mutating func replaceUnchecked(with bytes: [UInt8], starts: [Int32]) {
    if let origins {
      self.origins = starts.map { origins[Int($0)] }
    } else {
      origins = starts
    }
    self.bytes = bytes
  }

  private mutating func reject(_ sentence: String) { invalidChange = invalidChange ?? sentence }

  /// Returns what a text requires that `bytes` is not; `nil` if it is a text.
  private static func problem(of bytes: [UInt8]) -> String? {
    if bytes.count > Int(Int32.max) { return "less than 2 GiB of text" }
    return String(validating: bytes, as: UTF8.self) == nil ? "valid UTF-8" : nil
  }

  /// Returns the first byte that begins a code point in only one of the text and `bytes`.
  private func firstMovedBoundary(_ bytes: [UInt8]) -> Int? {
    bytes.indices.first { (bytes[$0] & 0xC0 == 0x80) != (self.bytes[$0] & 0xC0 == 0x80) }
  }

  /// Returns the source range that produced `range` of this text. A non-empty `range` never gives
  /// an empty result, even where one source character became several.
  public func sourceRange(_ range: Range<Int>) -> Range<Int> {
    guard let origins else { return range }
    let lower = Int(origins[range.lowerBound])
    var end = range.upperBound
    while Int(origins[end]) == lower && end < bytes.count && !range.isEmpty { end += 1 }
    return lower..<max(lower, Int(origins[end]))
  }

  /// Adds `count` to the warning with this code.
  public mutating func warn(_ code: String, count: Int = 1) {
    guard count > 0 else { return }
    if let index = warnings.firstIndex(where: { $0.code == code }) {
      warnings[index].count += count
    } else {
      warnings.append(DocumentWarning(code: code, count: count))
    }
  }
}

/// A warning about one document, with its number of occurrences.
public struct DocumentWarning: Sendable, Equatable, CustomStringConvertible {
  /// A stable name in lower case with hyphens, such as `tokens-cut`.
  public var code: String
  /// The number of occurrences.
  public var count: Int

  /// Creates a warning with `count` occurrences.
  public init(code: String, count: Int) {
    self.code = code
    self.count = count
  }

  /// `code:count`, as in output records.
  public var description: String { "\(code):\(count)" }
}
