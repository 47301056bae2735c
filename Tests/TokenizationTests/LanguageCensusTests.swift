import PipelineCore
import TestSupport
import Testing
import Tokenization

@Suite("Language census")
struct LanguageCensusTests {
  /// Documents of each language and the expected result.
  static let corpora: [(documents: [String], languages: [Language])] = [
    (["بانک مرکزی نرخ بهره را نیم درصد بالا برد.", "چهار گل زدند"], [.fa]),
    // Persian typed on an Arabic keyboard is identified by its own letters.
    (["گزارش هاي پليس تهران كه ديروز منتشر شد، چنين مي گويد"], [.fa]),
    (["أعلنت الحكومة اليوم عن خطة جديدة للاقتصاد في المدينة"], [.ar]),
    (["حکومت نے آج معیشت کے لیے ایک نئے منصوبے کا اعلان کیا ہے"], [.ur]),
    (
      ["Meclis, belediye seçimlerinin bir yıl öne alınmasını öngören yasa teklifini reddetti."],
      [.tr]
    ),
    (["Azərbaycan Respublikasının paytaxtı Bakı şəhəridir və ölkənin ən böyük şəhəridir."], [.az]),
    (["The goalkeeper saved two penalties in the shoot-out, which they were happy with."], [.en]),
    (["Der Stürmer schoss das entscheidende Tor für München kurz vor Schluss."], [.european]),
    (["लेखिका के नए उपन्यास को इस साल का साहित्य पुरस्कार मिला"], [.hi]),
    (["天文学家用新望远镜发现了一颗行星", "苹果iPhone降价"], [.zh]),
    (["東京で新しい博物館が開館した", "日本経済新聞"], [.ja]),
    (["서울에 새 박물관이 문을 열었다"], [.ko]),
    (["รัฐบาลประกาศแผนเศรษฐกิจใหม่"], [.th]), (["ລັດຖະບານປະກາດແຜນເສດຖະກິດ"], [.lo]),
    (["រដ្ឋាភិបាលប្រកាសផែនការសេដ្ឋកិច្ច"], [.km]), (["အစိုးရသည်စီးပွားရေးအစီအစဉ်"], [.my]),
    (["Правительство объявило о новом плане"], [.other]), (["", "12 34 !?"], [.other]),
  ]

  @Test("Each language is identified by its script and letters", arguments: corpora)
  func single(documents: [String], languages: [Language]) {
    let census = LanguageCensus(documents.map { Array($0.utf8) })
    #expect(census.languages == languages, "\(census.entries)")
    #expect(census.documentCount == documents.count)
  }

  @Test("A mixed corpus has every language of at least 5 % of the letters")
  func mixed() {
    let texts = Self.corpora.filter { [.fa, .tr, .en, .zh, .hi].contains($0.languages[0]) }
      .flatMap(\.documents)
    let census = LanguageCensus(texts.map { Array($0.utf8) })
    #expect(census.languages == [.fa, .tr, .hi, .zh, .en])
  }

  @Test("A quoted name does not change the language, and short texts count with the others")
  func quotedNames() {
    let english =
      "President Kılıç said on Wednesday that the two countries would work together and that they "
      + "would build a new railway"
    let others = [String](
      repeating: "They say that the weather will stay dry this week, with little wind.", count: 10)
    let census = LanguageCensus((others + [english]).map { Array($0.utf8) })
    #expect(census.languages == [.en])
    #expect(census.dotlessCount == 1)
    let turkish = [
      "Güneşli bir gün", "Kırmızı ışıkta durdular", "Balıkçılar denize açıldı", "Ankara",
      "Kıyıda ıssız bir yalı",
    ]
    #expect(LanguageCensus(turkish.map { Array($0.utf8) }).languages == [.tr])
  }

  @Test(
    "Short informal texts without accents are in their language", arguments: InformalTexts.all)
  func informal(language: String, texts: [String]) {
    #expect(texts.count >= 30)
    let census = LanguageCensus(texts.map { Array($0.utf8) })
    #expect(census.languages.map(\.rawValue) == [language], "\(census.entries)")
  }

  @Test("If some texts have an ı and most have none, all are Turkish")
  func halfAccented() {
    let texts = InformalTexts.halfAccentedTurkish
    #expect(texts.count { $0.contains("ı") } * 3 < texts.count * 2)
    let census = LanguageCensus(texts.map { Array($0.utf8) })
    #expect(census.entries.map(\.language) == [.tr], "\(census.entries)")
  }

  @Test("English texts are not counted as Turkish, even if most texts are")
  func mixedInformal() throws {
    let english = try #require(InformalTexts.all.first { $0.language == "en" }).texts
    let turkish = [String](repeating: "Kıyıda ıssız bir yalı var, kapısı kırık", count: 100)
    let census = LanguageCensus((turkish + english).map { Array($0.utf8) })
    #expect(census.languages == [.tr, .en], "\(census.entries)")
  }

  @Test("A language below 5 % is listed but does not count")
  func smallShares() {
    let english = [String](
      repeating: "The weather will stay dry this week, they say, with little wind.", count: 30)
    let census = LanguageCensus((english + ["你好"]).map { Array($0.utf8) })
    #expect(census.languages == [.en])
    #expect(census.entries.map(\.language) == [.en, .zh])
    #expect(census.entries.map(\.documents) == [30, 1])
  }

  @Test("The number of threads does not change the result")
  func threads() {
    let texts = (0..<2000).map { Array(Self.corpora[$0 % Self.corpora.count].documents[0].utf8) }
    #expect(LanguageCensus(texts, threads: 1) == LanguageCensus(texts, threads: 3))
  }

  @Test(
    "A profile has the stages of its languages, and turkish.v1 only for Turkic Latin script"
  )
  func profiles() {
    func stages(_ languages: [Language]) -> [String] {
      LanguageProfile.normalizers(for: languages).map { type(of: $0).stageName }
        + [type(of: LanguageProfile.tokenizer(for: languages)).stageName]
    }
    #expect(stages([.fa]) == ["persian.v1", "unicode.v1", "words.v1"])
    #expect(stages([.hi]) == ["sanitize.v1", "hindi.v1", "unicode.v1", "words.v1"])
    #expect(stages([.zh]) == ["sanitize.v1", "unicode.v1", "characters.v1"])
    #expect(stages([.th]) == ["sanitize.v1", "unicode.v1", "characters.v1"])
    #expect(stages([.en]) == ["sanitize.v1", "apostrophes.v1", "unicode.v1", "words.v1"])
    let turkish = ["sanitize.v1", "turkish.v1", "apostrophes.v1", "unicode.v1", "words.v1"]
    #expect(stages([.tr]) == turkish)
    #expect(stages([.az]) == turkish)
    #expect(stages([.fa, .tr]) == ["persian.v1"] + turkish.dropFirst())
    #expect(
      stages([.fa, .tr, .hi, .zh, .en])
        == ["persian.v1", "hindi.v1", "apostrophes.v1", "unicode.v1", "words.v1"])
    #expect(stages([.other]) == ["sanitize.v1", "unicode.v1", "words.v1"])
  }
}
