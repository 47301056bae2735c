import FileAccess
import Testing

@Suite("Quoted text")
struct QuotedTextTests {
  @Test("Quoted text has its control characters escaped and is cut at the limit")
  func quoting() {
    #expect(QuotedText.quote("a\u{1B}[31m\"\u{202E}") == #""a\u{1B}[31m\"\u{202E}""#)
    #expect(QuotedText.quote(String(repeating: "x", count: 99), limit: 3) == #""xxx...""#)
    #expect(QuotedText.quote("می\u{200C}شود") == "\"می\u{200C}شود\"")
    #expect(QuotedText.quote("xyz", limit: 3) == "\"xyz\"")
    #expect(QuotedText.quote("éèé", limit: 3) == "\"éèé\"")
  }
}
