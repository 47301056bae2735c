import PipelineCore
import Testing
import Tokenization

@Suite("Chinese sentences")
struct ChineseTests {
  static let cases: [LanguageCase] = [
    .init(
      "我爱自然语言", ["我", "爱", "自", "然", "语", "言"],
      "each Han character is a token; in scikit-learn and MALLET all are one token"),
    .init(
      "我 爱 自然 语言 处理", ["我", "爱", "自", "然", "语", "言", "处", "理"],
      "spaces of a segmenter change nothing; scikit-learn drops one-character words"),
    .init("苹果iPhone降价", ["苹", "果", "iphone", "降", "价"], "Latin words stay whole"),
    .init("2024年GDP", ["2024", "年", "gdp"], "numbers stay whole"),
    .init("ＡＢＣ１２", ["abc", "12"], "full-width letters and digits become ordinary"),
    .init("你好，世界！", ["你", "好", ",", "世", "界", "!"], "full-width marks become ASCII"),
    .init(
      "“中国”、《书》。", ["“", "中", "国", "”", "、", "《", "书", "》", "。"],
      "marks without an ASCII form are kept"),
    .init("刚果(金)起2起", ["刚", "果", "(", "金", ")", "起", "2", "起"], "brackets are tokens"),
    .init("中\u{3000}文 字", ["中", "文", "字"], "ideographic space is white space"),
    .init("MP3", ["mp", "3"], "letters and digits are separate runs"),
    .init("3.5%涨幅", ["3", ".", "5", "%", "涨", "幅"], "a period splits digits here"),
    .init("3.5％", ["3", ".", "5", "%"], "so does the full-width sign"),
    .init(
      "￥100 ¥100", ["¥", "100", "¥", "100"], "the full-width yuan sign becomes the ordinary one"),
    .init("第１名", ["第", "1", "名"], "a full-width digit among characters"),
    .init("二〇二四年", ["二", "〇", "二", "四", "年"], "Han numerals are characters, including 〇"),
    .init("人人々", ["人", "人", "々"], "the iteration mark is a character"),
    .init("台灣臺灣", ["台", "灣", "臺", "灣"], "traditional letters are not converted"),
    .init("\u{F900}", ["豈"], "a compatibility ideograph becomes the unified one"),
    .init("⼈", ["人"], "so does a radical"),
    .init("𠮷野家", ["𠮷", "野", "家"], "a character outside the first plane"),
    .init("葛\u{E0100}", ["葛\u{E0100}"], "a variation selector stays with its character"),
    .init("か\u{3099}", ["が"], "Kana and voicing mark are composed"),
    .init("ｶﾞ", ["ガ"], "half-width Kana become ordinary"),
    .init("㈱", ["(", "株", ")"], "NFKC splits a squared abbreviation"),
    .init("㎡", ["m", "2"], "and a squared unit"),
    .init("A股B股", ["a", "股", "b", "股"], "single letters are words"),
    .init("iPhone4S", ["iphone", "4", "s"], "a model number has three runs"),
    .init("——……", ["—", "—", ".", ".", ".", ".", ".", "."], "Chinese dash and ellipsis"),
    .init("！！？？", ["!", "!", "?", "?"], "each mark is a token"),
    .init("张·三", ["张", "·", "三"], "the dot inside foreign names is a mark"),
    .init("👨‍👩‍👧好", ["👨‍👩‍👧", "好"], "an emoji family is one"),
    .init("ａ＠ｂ.ｃｏｍ", ["a", "@", "b", ".", "com"], "an email address is split at its marks"),
  ]

  @Test("Chinese", arguments: cases)
  func chinese(_ sentence: LanguageCase) throws { try sentence.check([.zh]) }

  static let unspaced: [(Language, LanguageCase)] = [
    (.ja, .init("東京タワー", ["東", "京", "タ", "ワ", "ー"], "each Han and Kana character is a token")),
    (.th, .init("ที่นี่", ["ที่", "นี่"], "vowel and tone marks stay with their letter")),
    (.lo, .init("ທີ່ນີ້", ["ທີ່", "ນີ້"], "the same in Lao")),
    (.km, .init("ខ្មែរ", ["ខ្", "មែ", "រ"], "Khmer clusters end after the joining sign")),
    (
      .my,
      .init(
        "မြန်မာ", ["မြ", "န်", "မ", "ာ"],
        "Burmese medials stay with their letter, the vowel aa does not")
    ),
  ]

  @Test("Other scripts without spaces are split into clusters", arguments: unspaced)
  func clusters(language: Language, sentence: LanguageCase) throws {
    try sentence.check([language])
  }

  @Test("words.v1 splits Han text into characters too")
  func hanWords() throws {
    let unicode = UnicodeNormalizer(configuration: .init())
    let found = try cut("我爱 GDP", [unicode])
    #expect(found.strings == ["我", "爱", "gdp"])
  }
}
