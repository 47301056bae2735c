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

  /// Creates an aligned text from a source document.
  ///
  /// - Precondition: `bytes` is valid UTF-8 of less than 2 GiB; the readers check this.
  public init(source bytes: [UInt8]) {
    self.bytes = bytes
    self.origins = nil
    self.warnings = []
  }

  /// Creates an aligned text from a string.
  public init(_ text: String) {
    self.init(source: Array(text.utf8))
  }

  /// Replaces bytes one for one and keeps the alignment.
  ///
  /// - Precondition: `bytes` is as long as the current text and has the same character
  ///   boundaries.
  public mutating func replaceInPlace(with bytes: [UInt8]) {
    guard bytes.count == self.bytes.count else {
      stageMisuse(
        "replaceInPlace(with:) requires as many bytes as the text has: expected "
          + "\(self.bytes.count), found \(bytes.count)")
    }
    self.bytes = bytes
  }

  /// Replaces the text with `bytes`, where byte `k` comes from offset `starts[k]` of the current
  /// text.
  ///
  /// - Precondition: `starts` has `bytes.count + 1` entries in ascending order; the last is the
  ///   length of the current text.
  public mutating func replace(with bytes: [UInt8], starts: [Int32]) {
    guard starts.count == bytes.count + 1 else {
      stageMisuse(
        "replace(with:starts:) requires one start per byte and one for the end: expected "
          + "\(bytes.count + 1), found \(starts.count)")
    }
    let length = self.bytes.count
    func check(_ start: Int32) {
      guard start >= 0, start <= length else {
        stageMisuse(
          "replace(with:starts:) requires starts from 0 to \(length), the length of the current "
            + "text; found \(start)")
      }
    }
    if let origins {
      self.origins = starts.map { start in
        check(start)
        return origins[Int(start)]
      }
    } else {
      // In ascending order, all starts are between these two.
      check(starts[0])
      check(starts[starts.count - 1])
      self.origins = starts
    }
    self.bytes = bytes
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
