public import PipelineCore

/// `markup.v1`: takes out what is left of HTML in a text.
///
/// Character references become what they stand for (`&eacute;` é, `&#39;` '), then tags become a
/// space, so that `&lt;b&gt;` goes too. References that lost their ampersand to a space, as in AG News
/// (`it #39;s`, ` quot;yes quot;`), are read together with that space; a backslash, which stands for
/// a line break there, becomes a space.
public struct MarkupNormalizer: Normalizer {
  /// `markup.v1`
  public static let stageName = "markup.v1"
  /// What it does.
  public static let summary = "reads character references such as &amp; and takes out HTML tags"
  /// There is nothing to set.
  public let configuration: NoSettings

  /// The normalizer.
  public init(configuration: NoSettings) { self.configuration = configuration }

  /// The text without markup.
  public func normalize(_ text: AlignedText) -> AlignedText {
    HTMLMarkup.removingTags(HTMLMarkup.readingReferences(text))
  }

  /// Removes markup.
  public var effects: TextEffects { .removesMarkup }

}

/// The character references and tags of HTML in a text.
public enum HTMLMarkup {
  /// Whether a text contains a character reference or a tag; a backslash alone does not count.
  public static func isPresent(in text: [UInt8]) -> Bool {
    let signs = [UInt8(ascii: ";"), UInt8(ascii: "<")]
    guard text.contains(where: signs.contains) else { return false }
    // Every reference is longer than the character that it stands for.
    if readingReferences(AlignedText(source: text)).bytes.count != text.count { return true }
    return text.withUnsafeBufferPointer { bytes in
      var tags = MarkupTags(bytes)
      return bytes.indices.contains { bytes[$0] == signs[1] && tags.end(ofTagAt: $0) != nil }
    }
  }

  fileprivate static func readingReferences(_ text: AlignedText) -> AlignedText {
    var rewriter = AlignedRewriter(text)
    text.bytes.withUnsafeBufferPointer { bytes in
      var index = 0
      while let semicolon = bytes[index...].firstIndex(of: UInt8(ascii: ";")) {
        if let (range, scalar) = reference(endingAt: semicolon, from: index, in: bytes) {
          rewriter.replace(range, with: scalar)
        }
        index = semicolon + 1
      }
    }
    return rewriter.finish()
  }

  /// The reference that ends in the semicolon at `end`, with its ampersand or the space in its place.
  private static func reference(
    endingAt end: Int, from lowest: Int, in text: UnsafeBufferPointer<UInt8>
  ) -> (Range<Int>, UInt32)? {
    var start = end
    // Ten bytes are more than any reference in the table has.
    while start > lowest, end - start < 10, isNameByte(text[start - 1]) { start -= 1 }
    guard start < end else { return nil }
    let before = start > 0 ? text[start - 1] : UInt8(ascii: " ")
    let isMarked = before == UInt8(ascii: "&")
    guard isMarked || before == UInt8(ascii: " ") || before == UInt8(ascii: "\t"),
      let found = CharacterReferences.find(text, at: start), found.end == end + 1,
      isMarked || found.standsAlone
    else { return nil }
    let takesOneBefore = start > lowest && before != UInt8(ascii: "\t")
    return ((takesOneBefore ? start - 1 : start)..<found.end, found.scalar)
  }

  /// Letters, digits and `#`.
  private static func isNameByte(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "#")
  }

  fileprivate static func removingTags(_ text: AlignedText) -> AlignedText {
    var rewriter = AlignedRewriter(text)
    let space = UInt32(UInt8(ascii: " "))
    text.bytes.withUnsafeBufferPointer { bytes in
      var tags = MarkupTags(bytes)
      var index = 0
      while index < bytes.count {
        let byte = bytes[index]
        if byte == UInt8(ascii: "<"), let end = tags.end(ofTagAt: index) {
          rewriter.replace(index..<end, with: space)
          index = end
          continue
        }
        if byte == UInt8(ascii: "\\") { rewriter.replace(index..<index + 1, with: space) }
        index += 1
      }
    }
    return rewriter.finish()
  }
}
