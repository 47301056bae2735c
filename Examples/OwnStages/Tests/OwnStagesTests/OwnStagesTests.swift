import Docket
import DocketTesting
import OwnStages
import Testing

@Suite("The text stages and the embedding")
struct TextStageTests {
  @Test("quotes.v1 replaces marks and keeps the place of each word in the source")
  func quotes() {
    let stage = QuoteNormalizer()
    let text = stage.normalize(AlignedText("\u{201c}oui\u{201d} \u{2014} d\u{e9}j\u{e0}"))
    #expect(String(decoding: text.bytes, as: UTF8.self) == "\"oui\" - d\u{e9}j\u{e0}")
    #expect(text.sourceRange(1..<4) == 3..<6)
  }

  @Test("quotes.v1 meets the requirements of its role")
  func normalizer() throws {
    let texts = StageConformance.sampleTexts + ["\u{ab}a\u{bb} \u{2019}\u{2014}"]
    let stage = QuoteNormalizer()
    #expect(try StageConformance.faults(in: stage, texts: texts) == [])
  }

  @Test(
    "identifiers.v1 splits at changes of case",
    arguments: [
      ("readFile", ["read", "File"]), ("HTTP server", ["HTTP", "server"]),
      ("HTTPServer", ["HTTP", "Server"]), ("asJSON2", ["as", "JSON", "2"]),
      ("\u{c9}E\u{301}t\u{e9}", ["\u{c9}", "E\u{301}t\u{e9}"]),
      ("max_value2", ["max", "value", "2"]), ("e\u{301}t\u{e9}.", ["e\u{301}t\u{e9}"]),
      ("  ", []),
    ])
  func identifiers(text: String, tokens: [String]) {
    let stage = IdentifierTokenizer()
    #expect(stage.tokenize(AlignedText(text)).strings == tokens)
  }

  @Test("identifiers.v1 and trigrams.v1 meet the requirements of their roles")
  func conformance() throws {
    let tokenizer = IdentifierTokenizer()
    #expect(StageConformance.faults(in: tokenizer) == [])
    #expect(try StageConformance.faults(in: TrigramEmbedding()) == [])
  }

  @Test("Words with common letters have closer vectors")
  func trigrams() throws {
    let words = TokenSequence(
      text: AlignedText("reading reader zebra"), ranges: [0..<7, 8..<14, 15..<20])
    let table = TrigramEmbedding().makeTable(
      for: EmbeddingTask(documents: [words]))
    func cosine(_ first: Int, _ second: Int) -> Float {
      let width = table.dimensions
      func dot(_ a: Int, _ b: Int) -> Float {
        (0..<width).reduce(0) { $0 + table.values[a * width + $1] * table.values[b * width + $1] }
      }
      return dot(first, second) / (dot(first, first) * dot(second, second)).squareRoot()
    }
    #expect(cosine(1, 2) > 0.3)
    #expect(cosine(1, 3).magnitude < 0.3)
  }
}
