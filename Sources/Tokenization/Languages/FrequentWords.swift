/// Counts of frequent words in Latin-script languages.
///
/// Short informal texts are often typed without accents and without ı, so their letters do not
/// distinguish languages. But about one word in five is among the most frequent words of its
/// language. Words are compared without regard to accents and case.
struct FrequentWords: Sendable, Equatable {
  /// The number of words.
  var words = 0
  /// The number of words that are frequent in Turkish, including verbs with a Turkish ending.
  var turkish = 0
  /// The number of words that are frequent in Azeri.
  var azeri = 0
  /// The number of words that are frequent in English.
  var english = 0
  /// The number of words that are frequent in other languages in Latin script.
  var other = 0

  /// The number of words that are frequent in Turkish or in Azeri, whichever number is larger.
  var turkic: Int { max(turkish, azeri) }

  /// Whether the words are more likely Turkish or Azeri than any other language.
  var areTurkic: Bool { turkic * 20 >= words && turkic > english + other }

  /// Whether the words are Azeri rather than Turkish.
  var areAzeri: Bool { azeri >= 3 && azeri > turkish }

  /// Adds the counts of other texts.
  mutating func add(_ more: FrequentWords) {
    words += more.words
    turkish += more.turkish
    azeri += more.azeri
    english += more.english
    other += more.other
  }

  /// Counts the words of a text.
  ///
  /// - Precondition: `text` is valid UTF-8.
  mutating func count(_ text: UnsafeBufferPointer<UInt8>) {
    var word = Word()
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte < 0x80 {
        let lower = byte | 0x20
        if lower &- 0x61 < 26 { word.append(lower) } else { end(&word) }
        index += 1
      } else {
        let (scalar, length) = UTF8Scalars.decode(text, at: index)
        index += length
        if let letter = Self.plainLetter(scalar) {
          word.append(letter)
        } else if !(0x300..<0x370).contains(scalar) {
          end(&word)
        }
      }
    }
    end(&word)
  }

  /// The last letters of a word, packed into a number, and the length of the word.
  private struct Word {
    var letters: UInt64 = 0
    var length = 0
    mutating func append(_ letter: UInt8) {
      letters = letters << 8 | UInt64(letter)
      length += 1
    }
  }

  private mutating func end(_ word: inout Word) {
    guard word.length > 0 else { return }
    words += 1
    // Words of more than eight letters are recognized by their endings only.
    let found = word.length <= 8 ? Self.lists[word.letters] ?? [] : []
    if found.contains(.turkish) || Self.hasTurkishEnding(word) { turkish += 1 }
    if found.contains(.azeri) { azeri += 1 }
    if found.contains(.english) { english += 1 }
    if found.contains(.other) { other += 1 }
    word = Word()
  }

  /// Returns whether a word ends like a Turkish verb: `geliyor`, `geliyorum`, `gelecek`.
  private static func hasTurkishEnding(_ word: Word) -> Bool {
    endings.contains { ending in
      let mask: UInt64 = ending.length == 8 ? .max : (1 << (8 * UInt64(ending.length))) - 1
      return word.length >= ending.length + 2 && word.letters & mask == ending.letters
    }
  }

  /// Returns the ASCII letter without the accent, in lower case; `nil` for other characters.
  private static func plainLetter(_ scalar: UInt32) -> UInt8? {
    switch scalar {
    case 0x130, 0x131: return UInt8(ascii: "i")
    case 0x18F, 0x259: return UInt8(ascii: "e")
    case 0xC0..<0x180:
      let letter = latinLetters[Int(scalar - 0xC0)]
      return letter == UInt8(ascii: ".") ? nil : letter
    case 0x180..<0x250, 0x1E00..<0x1F00: return UInt8(ascii: "?")
    default: return nil
    }
  }

  /// The letters from U+00C0 to U+017F without accents.
  private static let latinLetters = Array(
    ("aaaaaaaceeeeiiiidnooooo.ouuuuytsaaaaaaaceeeeiiiidnooooo.ouuuuyty"
      + "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
      + "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs").utf8)
}

// MARK: - Lists

extension FrequentWords {
  /// The languages in which a word is frequent.
  private struct Languages: OptionSet {
    var rawValue: UInt8
    static let turkish = Languages(rawValue: 1)
    static let azeri = Languages(rawValue: 2)
    static let english = Languages(rawValue: 4)
    static let other = Languages(rawValue: 8)
  }

  private static func word(_ letters: Substring) -> Word {
    letters.utf8.reduce(into: Word()) { $0.append($1) }
  }

  private static let endings = ["yor", "yorum", "yorsun", "yoruz", "yorlar", "ecek", "acak"]
    .map { word($0[...]) }

  private static let lists: [UInt64: Languages] = {
    let texts: [(Languages, String)] = [
      (.turkish, turkishWords), (.azeri, azeriWords), (.english, englishWords),
      (.other, otherWords),
    ]
    return texts.reduce(into: [:]) { lists, list in
      for letters in list.1.split(separator: " ") where letters.utf8.count <= 8 {
        lists[word(letters).letters, default: []].insert(list.0)
      }
    }
  }()

  private static let turkishWords = """
    bir bu ve cok icin ama gibi degil yok daha kadar diye neden niye simdi bugun artik hic sey seyi \
    bile nasil evet hayir guzel iyi olan oldu olur zaten hep ile olarak sonra once bana sana seni \
    beni onu bunu yani tamam sadece cunku boyle oyle gece ben sen biz siz var kim kimse olsa olsun \
    gun yarin aksam sabah burada orada hala biraz falan galiba belki keske lutfen canim abi hadi \
    insan insanlar herkes zaman bence sanki aynen valla hem ise ancak gore kendi butun buyuk yeni \
    ilk iki etti dedi yapti geldi gitti lazim gerek yine tum iste ya da hangi onun benim senin bizim
    """

  private static let azeriWords = """
    bir bu ve men sen biz siz cox ucun deyil yox var amma hec nece niye indi bele olub edir edib \
    idi kimi lakin yaxsi gozel sonra mene sene onu bize bizim gelir gedir bugun cunki qeder deye \
    axsam usaq evde oldu bilmirem nedir sizin onlar hamisi hami yene artiq daha belke zehmet olmasa \
    qardas vallah sabah biri ki hele axi ne niye heyat gun gunu saat olur olmaz isteyir gelmir \
    menim senin onun hansi necesen burda orda bax gel get lazim lazimdi deyir dedi eledi
    """

  private static let englishWords = """
    the and you that it for with this have not what my your are they but of just from we he she his \
    can will about when who how its dont cant really like know think get got good time out would \
    been there their than then them our were had u im lol gonna wanna omg id ill ive youre thats \
    if one day back now new today going need want love people some any been why still after over
    """

  private static let otherWords = """
    ich und nicht das der ist ein eine auf mit den dem sich auch hab habe noch wir aber wie wenn mir \
    mich dich schon immer heute les des une est pas que qui dans pour sur je vous nous il elle suis \
    mais avec tout cest ca los las una por para como pero muy hoy el la es yo esta todo mas che non \
    di sono della ho anche questo nao uma com os voce eu muito isso hoje het een niet ik dat van \
    maar wat voor och att jag det inte som nie jest sie jak ale tak jsem nu este khong toi cua yang \
    dan ini itu tidak aku kamu saya nem hogy egy ei se etta ang ng mga nije sam zu fur im zum ne pas
    """
}
