import PipelineCore

/// Which languages a corpus is in, told by the scripts of its documents and by letters that one
/// language has and its neighbours have not.
///
/// Each document counts for the script that most of its letters are in. What Arabic letters are
/// used for is told from all such documents together; documents in Latin letters are told apart one
/// by one into those with Turkish letters and those without, for a corpus may hold both.
///
/// - Source: shares of letters counted on news corpora: of Latin letters ı and İ make up 5 % in
///   Turkish and none in English; of Arabic letters پ چ ژ گ make up 2 % in Persian and none in Arabic,
///   which has 3 % ة أ إ.
public struct LanguageCensus: Sendable, Equatable {
  /// One language of a corpus.
  public struct Entry: Sendable, Equatable {
    /// The language.
    public var language: Language
    /// The documents that are mainly in it.
    public var documents: Int
    /// The part of all letters, weighed by bytes, that its documents have.
    public var share: Double
  }

  /// The languages, largest share first; none for a corpus without letters.
  public let entries: [Entry]
  /// How many documents were looked at.
  public let documentCount: Int
  /// How many of them have an ı or an İ.
  public let dotlessCount: Int

  /// From this share of the letters on, a language has a say in how texts are cut.
  public static let leastShare = 0.05

  /// Looks at documents, valid UTF-8.
  ///
  /// - Parameter threads: changes the time only.
  public init(_ documents: [[UInt8]], threads: Int = 1) {
    let blocks = Shards.ranges(of: documents.count, size: 256)
    let tallies = Shards.map(count: blocks.count, threads: threads) { block in
      blocks[block].reduce(into: Tallies()) { tallies, number in
        tallies.add(documents[number].withUnsafeBufferPointer { LetterCounts($0) })
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

  /// The languages with a say, in the order of `Language`; `other` alone if there is no letter.
  public var languages: [Language] {
    let found = entries.filter { $0.share >= Self.leastShare }.map(\.language)
    return found.isEmpty ? [.other] : found.sorted()
  }

  /// Letters of the documents of each group: scripts, and Latin with Turkish letters apart.
  private struct Tallies: Sendable {
    struct Group: Sendable {
      var documents = 0
      var letters = LetterCounts()
      mutating func join(_ other: Group) {
        documents += other.documents
        letters.add(other.letters)
      }
    }

    var groups = [Group](repeating: Group(), count: LetterCounts.Script.allCases.count + 1)
    var dotlessDocuments = 0
    static let turkic = LetterCounts.Script.allCases.count

    mutating func add(_ letters: LetterCounts) {
      if letters.dotless > 0 { dotlessDocuments += 1 }
      guard let script = letters.mainScript else { return }
      // One name such as Kılıç in an English document makes no Turkish one.
      let isTurkic =
        script == .latin
        && (letters.dotless * 40 >= letters.latin || letters.schwa * 50 >= letters.latin)
      let place = isTurkic ? Self.turkic : script.rawValue
      groups[place].join(Group(documents: 1, letters: letters))
    }

    mutating func join(_ other: Tallies) {
      for index in groups.indices { groups[index].join(other.groups[index]) }
      dotlessDocuments += other.dotlessDocuments
    }

    subscript(script: LetterCounts.Script) -> Group { groups[script.rawValue] }
  }

  private static func languages(_ tallies: Tallies) -> [(Language, Tallies.Group)] {
    var (latin, turkic) = (tallies[.latin], tallies.groups[Tallies.turkic])
    // Short Turkish texts may lack the letters that tell; among many that have them they are Turkish.
    if turkic.letters.latin >= 3 * latin.letters.latin {
      turkic.join(latin)
      latin = Tallies.Group()
    }
    let (kana, han) = (tallies[.kana], tallies[.han])
    var chinese = han
    var japanese = kana
    // Japanese titles may be all Han; Chinese texts quote a word in kana now and then.
    let kanaBytes = han.letters[.kana] + kana.letters[.kana]
    if kanaBytes * 10 >= han.letters[.han] + kana.letters[.han] {
      japanese.join(han)
      chinese = Tallies.Group()
    }
    return [
      (arabicLanguage(tallies[.arabic].letters), tallies[.arabic]),
      (turkic.letters.schwa * 50 >= turkic.letters.latin ? .az : .tr, turkic),
      (.hi, tallies[.devanagari]), (.zh, chinese), (.ja, japanese), (.ko, tallies[.hangul]),
      (latinLanguage(latin.letters), latin), (.th, tallies[.thai]), (.lo, tallies[.lao]),
      (.km, tallies[.khmer]), (.my, tallies[.burmese]), (.other, tallies[.other]),
    ]
  }

  private static func arabicLanguage(_ letters: LetterCounts) -> Language {
    if letters.urdu * 100 >= 3 * letters.arabic { return .ur }
    return letters.persian * 1000 >= 8 * letters.arabic || letters.persian > letters.arabicOnly
      ? .fa : .ar
  }

  /// English has next to no letters outside ASCII, and more h, w and y than other languages.
  private static func latinLanguage(_ letters: LetterCounts) -> Language {
    let isPlain = letters.latinBeyondASCII * 200 <= letters.latin
    let hasEnglishLetters =
      letters.letterH * 1000 >= 33 * letters.latin && letters.lettersWY * 1000 >= 20 * letters.latin
    return isPlain && hasEnglishLetters ? .en : .european
  }
}
