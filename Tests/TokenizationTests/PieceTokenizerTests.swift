import DocketTesting
import PipelineCore
import Testing
import Tokenization

@Suite("Bigrams, dictionaries, and subwords")
struct PieceTokenizerTests {
  @Test(
    "bigrams.v1 yields pairs within runs of unspaced scripts",
    arguments: [
      LanguageCase("北京大学", ["北京", "京大", "大学"], "pairs overlap"),
      .init("我", ["我"], "a single character is a token"),
      .init("买iphone吧", ["买", "iphone", "吧"], "other scripts end a run"),
      .init("你好，世界", ["你好", "，", "世界"], "so does punctuation"),
      .init("你 好", ["你", "好"], "so does a space"),
      .init("ไทย go", ["ไท", "ทย", "go"], "Thai has no spaces either"),
      .init("中文2024年", ["中文", "2024", "年"], "numbers stay whole"),
      .init("", [], "An empty text has no tokens"),
    ])
  func bigrams(_ sentence: LanguageCase) {
    sentence.check(BigramTokenizer(configuration: .init()).tokenize(AlignedText(sentence.text)))
  }

  @Test("singles: keep adds each character before the pair that it begins")
  func singles() {
    var configuration = BigramTokenizer.Configuration()
    configuration.singles = .keep
    let found = BigramTokenizer(configuration: configuration).tokenize(AlignedText("大学 a"))
    #expect(found.strings == ["大", "大学", "学", "a"])
  }

  @Test("spaces.v1 splits at all white space and nowhere else")
  func spaces() {
    let text = AlignedText(" don't,\tstop!\u{3000}中文\u{A0}x\r\n")
    let found = SpaceTokenizer(configuration: .init()).tokenize(text)
    #expect(found.strings == ["don't,", "stop!", "中文", "x"])
    #expect(StageConformance.faults(in: SpaceTokenizer(configuration: .init())) == [])
  }

  private static func dictionary(_ words: [String]) -> DictionaryTokenizer {
    var vocabulary = Vocabulary()
    for word in words { vocabulary.insert(Array(word.utf8)) }
    return DictionaryTokenizer(configuration: .init()).with(words: vocabulary)
  }

  @Test("dictionary.v1 takes the longest word at each position, or the character")
  func longestMatch() {
    let tokenizer = Self.dictionary(["北京", "北京大学", "大学生", "学生", "iphone", "好", "a学"])
    #expect(tokenizer.words.count == 4, "words of one character or another script are not usable")
    func cut(_ text: String) -> [String] { tokenizer.tokenize(AlignedText(text)).strings }
    #expect(cut("北京大学生") == ["北京大学", "生"], "greedy from left to right")
    #expect(cut("在北京的大学生") == ["在", "北京", "的", "大学生"])
    #expect(cut("北 京") == ["北", "京"], "no word extends over a space")
    #expect(cut("买iphone!") == ["买", "iphone", "!"])
    #expect(Self.dictionary([]).tokenize(AlignedText("大学")).strings == ["大", "学"])
  }

  @Test("Words that do not occur in a corpus do not change its tokens")
  func trimmedDictionary() {
    let all = Self.dictionary(["北京", "北京大学", "大学生", "学生", "生活"])
    let text = AlignedText("北京大学生活在北京的学生")
    let counts = WordCounts([all.tokenize(text)])
    let trimmed = all.with(words: counts.vocabulary)
    #expect(trimmed.words.count == 4)
    #expect(trimmed.tokenize(text).strings == all.tokenize(text).strings)
  }

  @Test("Words are found by cohesion and many different neighbors")
  func discovery() {
    var generator = SeededGenerator(seed: 4)
    let around = Array("的一是不了人我在有他这为之来以个中上们到说和地也子时道出而要于就下得可你年生").map(String.init)
    func any() -> String { around[generator.next(below: around.count)] }
    let texts = (0..<400).map { _ in
      AlignedText(any() + any() + "葡萄" + any() + any() + "巧克力" + any() + any())
    }
    let words = WordDiscovery(minCount: 20).words(in: texts)
    let found = (0..<words.count).map { words.string($0) }
    #expect(found == ["葡萄", "巧克力"], "no parts of words or chance pairs")
  }

  @Test("subwords.v1 yields each word and its marked n-grams, aligned with the source")
  func subwords() {
    let found = SubwordTokenizer(configuration: .init()).tokenize(AlignedText("a where"))
    #expect(found.strings.prefix(2) == ["<a>", "<where>"])
    #expect(
      found.strings.dropFirst(2) == [
        "<wh", "<whe", "<wher", "<where", "whe", "wher", "where", "where>", "her", "here", "here>",
        "ere", "ere>", "re>",
      ])
    let source = Array("a where".utf8)
    let places = (0..<found.count).map {
      String(decoding: source[found.sourceRange($0)], as: UTF8.self)
    }
    #expect(places[0] == "a")
    #expect(places[1] == "where")
    #expect(places[2] == "wh" && places.last == "re")
  }

  @Test("N-grams are counted in characters, and combining marks stay with their letters")
  func marks() {
    var configuration = SubwordTokenizer.Configuration()
    (configuration.least, configuration.most, configuration.words) = (3, 3, .drop)
    let tokenizer = SubwordTokenizer(configuration: configuration)
    #expect(tokenizer.tokenize(AlignedText("हिन्दी")).strings == ["<हिन्", "हिन्दी", "न्दी>"])
    #expect(tokenizer.tokenize(AlignedText("x")).strings == ["<x>"])
    configuration.least = 4
    #expect(configuration.conflicts() == ["least (4) exceeds most (3)"])
  }

  @Test("All of them conform to their role")
  func conformance() {
    let texts = StageConformance.sampleTexts + ["北京大学 葡萄ไทย", "ab\u{308}c"]
    var singles = BigramTokenizer.Configuration()
    singles.singles = .keep
    #expect(
      StageConformance.faults(in: BigramTokenizer(configuration: .init()), texts: texts) == [])
    #expect(
      StageConformance.faults(in: BigramTokenizer(configuration: singles), texts: texts) == [])
    #expect(
      StageConformance.faults(in: SubwordTokenizer(configuration: .init()), texts: texts) == [])
    #expect(StageConformance.faults(in: Self.dictionary(["北京", "大学"]), texts: texts) == [])
  }
}
