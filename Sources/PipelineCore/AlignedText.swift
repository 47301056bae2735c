/// UTF-8 text together with where each of its bytes came from in the source document.
///
/// A normalizer takes one and gives another; the map back to the source survives every step, so a
/// token found in the last text can be shown in the first.
public struct AlignedText: Sendable, Equatable {
  /// The text, always valid UTF-8.
  public private(set) var bytes: [UInt8]
  /// For byte `k` of `bytes` the source byte where its piece begins, and one last entry for the end
  /// (`bytes.count + 1` entries, never falling); `nil` while `bytes` still lines up with the source.
  public private(set) var origins: [Int32]?
  /// What normalizers noticed: what is counted is not passed over in silence.
  public var warnings: [DocumentWarning]

  /// The source text itself.
  ///
  /// - Precondition: `bytes` is valid UTF-8 of less than 2 GiB; readers have checked it.
  public init(source bytes: [UInt8]) {
    self.bytes = bytes
    self.origins = nil
    self.warnings = []
  }

  /// The source text itself, from a string.
  public init(_ text: String) {
    self.init(source: Array(text.utf8))
  }

  /// Replaces bytes one for one, keeping the alignment: for changes that move nothing.
  ///
  /// - Precondition: `bytes` has as many bytes as the text it replaces, boundaries unmoved.
  public mutating func replaceInPlace(with bytes: [UInt8]) {
    precondition(bytes.count == self.bytes.count, "an in-place change must keep the length")
    self.bytes = bytes
  }

  /// Replaces the text by `bytes`, whose byte `k` was made from this text's byte `starts[k]` on.
  ///
  /// - Precondition: `starts` has `bytes.count + 1` entries that never fall, the last one the
  ///   length of this text.
  public mutating func replace(with bytes: [UInt8], starts: [Int32]) {
    precondition(starts.count == bytes.count + 1, "one start for each byte, and one for the end")
    if let origins {
      self.origins = starts.map { origins[Int($0)] }
    } else {
      self.origins = starts
    }
    self.bytes = bytes
  }

  /// The bytes of the source that `range` of this text was made from; never empty unless `range`
  /// is, even where one source character became several.
  public func sourceRange(_ range: Range<Int>) -> Range<Int> {
    guard let origins else { return range }
    let lower = Int(origins[range.lowerBound])
    var end = range.upperBound
    while Int(origins[end]) == lower && end < bytes.count && !range.isEmpty { end += 1 }
    return lower..<max(lower, Int(origins[end]))
  }

  /// Counts `count` more of `code` among the warnings.
  public mutating func warn(_ code: String, count: Int = 1) {
    guard count > 0 else { return }
    if let index = warnings.firstIndex(where: { $0.code == code }) {
      warnings[index].count += count
    } else {
      warnings.append(DocumentWarning(code: code, count: count))
    }
  }
}

/// Something worth knowing about one document, with how often it happened in it.
public struct DocumentWarning: Sendable, Equatable, CustomStringConvertible {
  /// A stable name in lower case with hyphens, such as `tokens-cut`.
  public var code: String
  /// How often.
  public var count: Int

  /// A warning that happened `count` times.
  public init(code: String, count: Int) {
    self.code = code
    self.count = count
  }

  /// `code:count`, as records print it.
  public var description: String { "\(code):\(count)" }
}
