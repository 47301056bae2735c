import PipelineCore

/// The languages of a corpus, identified by script and by letters that distinguish languages with
/// the same script.
///
/// Each document counts toward the script of most of its letters. The language of all documents in
/// Arabic script is determined together. Documents in Latin script are divided into those with
/// Turkish letters and those without, because a corpus may contain both. Short informal texts often
/// lack these letters, so documents without them count as Turkish if their frequent words are
/// Turkish.
///
/// - Source: shares of letters in news corpora. ı and İ are 5 % of Latin letters in Turkish and 0 %
///   in English. پ چ ژ گ are 2 % of Arabic letters in Persian and 0 % in Arabic, where 3 % are ة أ
///   إ.
public struct LanguageCensus: Sendable, Equatable {
  /// A language of a corpus.
  public struct Entry: Sendable, Equatable {
    /// The language.
    public var language: Language
    /// The number of documents that are mainly in the language.
    public var documents: Int
    /// The share of the corpus's letters that are in these documents, weighted by bytes.
    public var share: Double
  }

  /// The languages, largest share first; empty for a corpus without letters.
  public let entries: [Entry]
  /// The number of documents.
  public let documentCount: Int
  /// The number of documents with an ı or İ.
  public let dotlessCount: Int

  /// The minimum share at which a language affects how texts are prepared.
  public static let leastShare = 0.05

  /// Counts the letters of documents.
  ///
  /// - Parameter threads: the number of threads; does not affect the result.
  /// - Precondition: the documents are valid UTF-8.
  public init(_ documents: [[UInt8]], threads: Int = 1) {
    let blocks = Shards.ranges(of: documents.count, size: 256)
    let tallies = Shards.map(count: blocks.count, threads: threads) { block in
      blocks[block].reduce(into: Tallies()) { tallies, number in
        documents[number].withUnsafeBufferPointer { tallies.add($0) }
      }
    }
    var sum = Tallies()
    for tally in tallies { sum.join(tally) }
    documentCount = documents.count
    dotlessCount = sum.dotlessDocuments
    let total = max(1, sum.groups.reduce(0) { $0 + $1.letters.total })
    let found = Self.languages(sum).map { language, group in
      Entry(
        language: language, documents: group.documents,
        share: Double(group.letters.total) / Double(total))
    }
    entries = found.filter { $0.documents > 0 }
      .sorted { $0.share == $1.share ? $0.language < $1.language : $0.share > $1.share }
  }

  /// The languages with a share of at least `leastShare`, in the order of `Language`; `other` if
  /// there are no letters.
  public var languages: [Language] {
    let found = entries.filter { $0.share >= Self.leastShare }.map(\.language)
    return found.isEmpty ? [.other] : found.sorted()
  }

  /// The letter counts of each group of documents: one group per script, and one for Latin script
  /// with Turkish letters.
  private struct Tallies: Sendable {
    struct Group: Sendable {
      var documents = 0
      var letters = LetterCounts()
      /// The frequent words of the documents in Latin script.
      var words = FrequentWords()
      mutating func join(_ other: Group) {
        documents += other.documents
        letters.add(other.letters)
        words.add(other.words)
      }
    }

    var groups = [Group](repeating: Group(), count: LetterCounts.Script.allCases.count + 1)
    var dotlessDocuments = 0
    static let turkic = LetterCounts.Script.allCases.count

    mutating func add(_ text: UnsafeBufferPointer<UInt8>) {
      let letters = LetterCounts(text)
      if letters.dotless > 0 { dotlessDocuments += 1 }
      guard let script = letters.mainScript else { return }
      // A single name such as Kılıç does not make an English document Turkish.
      let isTurkic =
        script == .latin
        && (letters.dotless * 40 >= letters.latin || letters.schwa * 50 >= letters.latin)
      let place = isTurkic ? Self.turkic : script.rawValue
      groups[place].join(Group(documents: 1, letters: letters))
      if script == .latin { groups[place].words.count(text) }
    }

    mutating func join(_ other: Tallies) {
      for index in groups.indices { groups[index].join(other.groups[index]) }
      dotlessDocuments += other.dotlessDocuments
    }

    subscript(script: LetterCounts.Script) -> Group { groups[script.rawValue] }
  }

  private static func languages(_ tallies: Tallies) -> [(Language, Tallies.Group)] {
    var (latin, turkic) = (tallies[.latin], tallies.groups[Tallies.turkic])
    // Texts without Turkish letters are Turkish if their words are, or if there are few of them and
    // their words do not point to another language.
    let isFewer = turkic.letters.latin >= 3 * latin.letters.latin
    let areForeign =
      latin.words.words >= 100 && latin.words.english + latin.words.other > latin.words.turkic
    if latin.words.areTurkic || isFewer && !areForeign {
      turkic.join(latin)
      latin = Tallies.Group()
    }
    let isAzeri =
      turkic.letters.schwa * 50 >= turkic.letters.latin || turkic.words.areAzeri
    let (kana, han) = (tallies[.kana], tallies[.han])
    var chinese = han
    var japanese = kana
    // Japanese titles may be entirely in Han, and Chinese texts may quote a word in Kana.
    let kanaBytes = han.letters[.kana] + kana.letters[.kana]
    if kanaBytes * 10 >= han.letters[.han] + kana.letters[.han] {
      japanese.join(han)
      chinese = Tallies.Group()
    }
    return [
      (arabicLanguage(tallies[.arabic].letters), tallies[.arabic]),
      (isAzeri ? .az : .tr, turkic),
      (.hi, tallies[.devanagari]), (.zh, chinese), (.ja, japanese), (.ko, tallies[.hangul]),
      (latinLanguage(latin), latin), (.th, tallies[.thai]), (.lo, tallies[.lao]),
      (.km, tallies[.khmer]), (.my, tallies[.burmese]), (.other, tallies[.other]),
    ]
  }

  private static func arabicLanguage(_ letters: LetterCounts) -> Language {
    if letters.urdu * 100 >= 3 * letters.arabic { return .ur }
    return letters.persian * 1000 >= 8 * letters.arabic || letters.persian > letters.arabicOnly
      ? .fa : .ar
  }

  /// Returns English for texts that have almost no letters outside ASCII, and either more h, w, and
  /// y than other languages or many frequent English words; otherwise, `european`.
  private static func latinLanguage(_ group: Tallies.Group) -> Language {
    let (letters, words) = (group.letters, group.words)
    let isPlain = letters.latinBeyondASCII * 200 <= letters.latin
    let hasEnglishLetters =
      letters.letterH * 1000 >= 33 * letters.latin && letters.lettersWY * 1000 >= 20 * letters.latin
    let hasEnglishWords = words.english * 12 >= words.words
    // Texts without accents may be in another language, unless they are too short to tell.
    let areForeign = words.words >= 100 && words.other > words.english
    return isPlain && (hasEnglishLetters || hasEnglishWords) && !areForeign ? .en : .european
  }
}
