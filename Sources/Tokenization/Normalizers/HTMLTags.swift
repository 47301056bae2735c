/// Finds HTML tags in a text that is not necessarily HTML.
///
/// A tag is recognized only if it cannot be prose: `<`, immediately followed by the name of an HTML
/// element or a name with a colon as in RSS, then `>` or attributes with at least one value. `a <
/// b`, `<3`, `<unk>`, `List<Int>`, and `<me@example.com>` are not tags.
struct HTMLTags {
  private let text: UnsafeBufferPointer<UInt8>
  /// The closing strings that do not occur in the rest of the text.
  ///
  /// They are not searched for again, so a text of unclosed tags takes linear time.
  private var missing: Set<String> = []

  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  /// Returns the end of the tag, comment, or declaration that begins with the `<` at `start`.
  ///
  /// For scripts and style sheets, it is the end of the whole element, because their content is not
  /// text.
  mutating func end(ofTagAt start: Int) -> Int? {
    guard start + 1 < text.count else { return nil }
    switch text[start + 1] {
    case UInt8(ascii: "!"):
      if hasPrefix("!--", at: start + 1) { return find("-->", from: start + 4) }
      return hasPrefix("!doctype", at: start + 1) ? closing(from: start + 9) : nil
    case UInt8(ascii: "?"):
      return hasPrefix("?xml", at: start + 1) ? closing(from: start + 5) : nil
    case UInt8(ascii: "/"):
      guard let nameEnd = endOfName(from: start + 2) else { return nil }
      return closing(from: skippingSpaces(from: nameEnd), skipping: false)
    default:
      guard let nameEnd = endOfName(from: start + 1) else { return nil }
      guard let end = endOfAttributes(from: nameEnd) else { return nil }
      return endOfHidden(from: start + 1, to: end) ?? end
    }
  }

  // MARK: - Parts of a tag

  /// Returns the end of an element's name.
  private func endOfName(from start: Int) -> Int? {
    var end = start
    var hasColon = false
    while end < text.count, end - start < 40 {
      let byte = text[end]
      if byte == UInt8(ascii: ":") && end > start && !hasColon {
        hasColon = true
      } else if !((byte | 0x20) &- 0x61 < 26 || (byte &- 0x30 < 10 && end > start)) {
        break
      }
      end += 1
    }
    guard end > start, text[end - 1] != UInt8(ascii: ":") else { return nil }
    if hasColon { return end }
    let name = String(decoding: text[start..<end].map { $0 | 0x20 }, as: UTF8.self)
    return Self.elements.contains(name) ? end : nil
  }

  /// Returns the end of the tag whose attributes begin at `start`; `nil` if the tag is not closed,
  /// or has attributes but none with a value.
  private func endOfAttributes(from start: Int) -> Int? {
    var index = skippingSpaces(from: start)
    if index < text.count, text[index] == UInt8(ascii: "/") { index += 1 }
    if index < text.count, text[index] == UInt8(ascii: ">") { return index + 1 }
    guard index > start else { return nil }
    var quote: UInt8?
    var hasValue = false
    while index < text.count {
      let byte = text[index]
      if byte == UInt8(ascii: "<") { return nil }
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: ">") {
        return hasValue ? index + 1 : nil
      } else if byte == UInt8(ascii: "=") {
        hasValue = true
      } else if hasValue && (byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")) {
        quote = byte
      }
      index += 1
    }
    return nil
  }

  /// Returns the end of a script or style sheet whose opening tag ends at `end`.
  private mutating func endOfHidden(from name: Int, to end: Int) -> Int? {
    for element in ["script", "style"] where hasPrefix(element, at: name) {
      return find("</" + element, from: end).map { closing(from: $0) ?? $0 }
    }
    return nil
  }

  /// Returns the position after the next `>`.
  ///
  /// - Parameter skipping: whether other characters may come before it.
  private func closing(from start: Int, skipping: Bool = true) -> Int? {
    var index = start
    while index < text.count, text[index] != UInt8(ascii: "<") {
      if text[index] == UInt8(ascii: ">") { return index + 1 }
      guard skipping else { return nil }
      index += 1
    }
    return nil
  }

  private func skippingSpaces(from start: Int) -> Int {
    var index = start
    while index < text.count, text[index] == 0x20 || text[index] &- 0x09 < 5 { index += 1 }
    return index
  }

  // MARK: - Searching

  /// Returns whether the text at `start` matches `prefix`, which is in lower case, ignoring case.
  private func hasPrefix(_ prefix: String, at start: Int) -> Bool {
    guard start + prefix.utf8.count <= text.count else { return false }
    return zip(prefix.utf8, text[start...]).allSatisfy { wanted, byte in
      wanted == (byte &- 0x41 < 26 ? byte | 0x20 : byte)
    }
  }

  /// Returns the position after the first occurrence of `needle` at or after `start`.
  private mutating func find(_ needle: String, from start: Int) -> Int? {
    guard !missing.contains(needle), let first = needle.utf8.first else { return nil }
    var index = start
    while index < text.count {
      if text[index] == first, hasPrefix(needle, at: index) { return index + needle.utf8.count }
      index += 1
    }
    missing.insert(needle)
    return nil
  }

  private static let elements: Set<String> = Set(
    """
    a abbr acronym address applet area article aside audio b base basefont bdi bdo big blink \
    blockquote body br button canvas caption center cite code col colgroup data datalist dd del \
    details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form frame \
    frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label legend \
    li link main map mark marquee menu meta meter nav nobr noframes noscript object ol optgroup \
    option output p param picture pre progress q rp rt ruby s samp script section select small \
    source span strike strong style sub summary sup svg table tbody td template textarea tfoot th \
    thead time title tr track tt u ul var video wbr
    """.split(separator: " ").map(String.init))
}
