import PipelineCore
import Testing
import Tokenization

@Suite("markup.v1")
struct MarkupNormalizerTests {
  private let normalizer = MarkupNormalizer(configuration: .init())

  @Test(
    "Markup is removed and prose is kept",
    arguments: [
      ("a &amp; b", "a & b"), ("caf&eacute;", "café"), ("&#233;&#xE9;&#XE9;", "ééé"),
      ("it #39;s", "it's"), ("Colts #39; win", "Colts' win"), ("the  #36;5", "the $5"),
      ("say  quot;yes quot;.", "say \"yes\"."), ("quot;Yes", "\"Yes"), ("A amp;B", "A&B"),
      ("&lt;b&gt;x&lt;/b&gt;", " x "), ("<b>x</b>", " x "), ("<a href=\"x>y\">z</A>", " z "),
      ("x<br/>y<br />z", "x y z"), ("one\\two", "one two"), ("the \\$5", "the  $5"),
      ("a < b and c > d", "a < b and c > d"), ("a <b and c> d", "a <b and c> d"),
      ("I <3 you", "I <3 you"), ("<unk> List<Int>", "<unk> List<Int>"),
      ("<me@example.com>", "<me@example.com>"), ("<!-- no -->x", " x"), ("<!-- open", "<!-- open"),
      ("<script>var a = 1 < 2</script>x", " x"), ("<dc:date>now</dc:date>", " now "),
      ("&#146;tis &#0; &#x110000; &#xD800;", "’tis &#0; &#x110000; &#xD800;"),
      ("&nosuch; &amp &; #;", "&nosuch; &amp &; #;"),
      (
        "take two and; we not; item #50; a#39;b",
        "take two and; we not; item #50; a#39;b"
      ), ("&copy; 2004", "© 2004"), ("", ""),
      ("&amp;lt;", "&lt;"), ("<p", "<p"), ("<", "<"), ("&", "&"), (";", ";"), ("&#;", "&#;"),
    ])
  func table(text: String, expected: String) {
    let found = normalizer.normalize(AlignedText(text))
    #expect(String(decoding: found.bytes, as: UTF8.self) == expected)
    // A backslash alone is not markup.
    let isMarked = expected != text.replacing("\\", with: " ")
    #expect(HTMLMarkup.isPresent(in: Array(text.utf8)) == isMarked)
  }

  @Test("Tokens are aligned with their character references")
  func alignment() {
    let source = "Caf&eacute; &lt;b&gt;Ol #39;e&lt;/b&gt;"
    let text = normalizer.normalize(AlignedText(source))
    let tokens = WordTokenizer(configuration: .init()).tokenize(text)
    let bytes = Array(source.utf8)
    #expect(tokens.strings == ["Café", "Ol'e"])
    #expect(String(decoding: bytes[tokens.sourceRange(0)], as: UTF8.self) == "Caf&eacute;")
    #expect(String(decoding: bytes[tokens.sourceRange(1)], as: UTF8.self) == "Ol #39;e")
  }

  @Test(
    "Unclosed tags and references take linear time",
    arguments: ["<!--", "<script>", "<script></script", "<a b='", "<p ", "&", "&#", "<b x=", "<b/"])
  func linear(opening: String) {
    let count = (1 << 18) / opening.utf8.count
    let text = AlignedText(String(repeating: opening, count: count))
    let time = ContinuousClock().measure { _ = normalizer.normalize(text) }
    #expect(time < .seconds(5), "\(opening): \(time)")
  }
}
