public import PipelineCore

/// `markup.v1`: removes HTML markup.
///
/// Character references are decoded (`&eacute;` to é, `&#39;` to '). Then each tag becomes a space,
/// including escaped tags such as `&lt;b&gt;`. References whose ampersand was replaced with a
/// space, as in AG News (`it #39;s`, ` quot;yes quot;`), are decoded together with that space. A
/// backslash, which represents a line break in that corpus, becomes a space.
public struct MarkupNormalizer: Normalizer {
  /// The name in pipeline files.
  public static let stageName = "markup.v1"
  /// A one-line summary.
  public static let summary =
    "decodes character references such as &amp; and replaces HTML tags and backslashes with spaces"
  /// The stage has no settings.
  public let configuration: NoSettings

  /// Creates a normalizer.
  public init(configuration: NoSettings) { self.configuration = configuration }

  /// Returns the text without markup.
  public func normalize(_ text: AlignedText) -> AlignedText {
    HTMLMarkup.removingTags(HTMLMarkup.decodingReferences(text))
  }

  /// The removal of markup.
  public var effects: TextEffects { .removesMarkup }

  /// The share of texts with markup above which the stage is a candidate.
  private static let leastShare = 0.01

  /// Returns the stage if at least 1 % of the texts have markup and no stage removes it.
  public static func candidates(
    to current: MarkupNormalizer?, in sample: TextSample
  ) -> [TextAlternative<MarkupNormalizer>] {
    guard current == nil, !sample.effects.contains(.removesMarkup),
      sample.share(where: HTMLMarkup.isPresent) >= leastShare
    else { return [] }
    return [.init(MarkupNormalizer(configuration: .init()), settings: [stageName])]
  }
}

/// The character references and tags of HTML in a text.
package enum HTMLMarkup {
  /// Returns whether a text contains a character reference or a tag; a backslash alone does not
  /// count.
  package static func isPresent(in text: [UInt8]) -> Bool {
    let signs = [UInt8(ascii: ";"), UInt8(ascii: "<")]
    guard text.contains(where: signs.contains) else { return false }
    // Every reference is longer than the character it encodes, so decoding one changes the length.
    if decodingReferences(AlignedText(source: text)).bytes.count != text.count { return true }
    return text.withUnsafeBufferPointer { bytes in
      var tags = HTMLTags(bytes)
      return bytes.indices.contains { bytes[$0] == signs[1] && tags.end(ofTagAt: $0) != nil }
    }
  }

  fileprivate static func decodingReferences(_ text: AlignedText) -> AlignedText {
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

  /// Returns the reference that ends with the semicolon at `end`, including its ampersand or the
  /// space that replaces it.
  private static func reference(
    endingAt end: Int, from lowest: Int, in text: UnsafeBufferPointer<UInt8>
  ) -> (Range<Int>, UInt32)? {
    var start = end
    // No reference in the table has ten bytes.
    while start > lowest, end - start < 10, isNameByte(text[start - 1]) { start -= 1 }
    guard start < end else { return nil }
    let before = start > 0 ? text[start - 1] : UInt8(ascii: " ")
    let hasAmpersand = before == UInt8(ascii: "&")
    guard hasAmpersand || before == UInt8(ascii: " ") || before == UInt8(ascii: "\t"),
      let found = CharacterReferences.find(text, at: start), found.end == end + 1,
      hasAmpersand || found.isUnambiguous
    else { return nil }
    let includesBefore = start > lowest && before != UInt8(ascii: "\t")
    return ((includesBefore ? start - 1 : start)..<found.end, found.scalar)
  }

  /// Returns whether `byte` is a letter, a digit, or `#`.
  private static func isNameByte(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "#")
  }

  fileprivate static func removingTags(_ text: AlignedText) -> AlignedText {
    var rewriter = AlignedRewriter(text)
    let space = UInt32(UInt8(ascii: " "))
    text.bytes.withUnsafeBufferPointer { bytes in
      var tags = HTMLTags(bytes)
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
