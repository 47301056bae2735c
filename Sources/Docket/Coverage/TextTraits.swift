import Corpora
import PipelineCore

/// What kinds of letters a corpus is written in, as far as some way to prepare text depends on it.
struct TextTraits: OptionSet, Sendable {
  let rawValue: Int

  /// Letters of Persian and Arabic.
  static let arabic = TextTraits(rawValue: 1)
  /// Letters of Hindi.
  static let devanagari = TextTraits(rawValue: 2)
  /// The Turkish letters ı and İ.
  static let dotless = TextTraits(rawValue: 4)
  /// Chinese characters and Kana, which stand without spaces.
  static let unspaced = TextTraits(rawValue: 8)

  /// From this share of documents on a kind of letter counts.
  static let leastShare = 0.05

  /// The traits of some documents.
  static func of(_ documents: [CorpusDocument]) -> TextTraits {
    let kinds: [TextTraits] = [.arabic, .devanagari, .dotless, .unspaced]
    var counts = Array(repeating: 0, count: kinds.count)
    for document in documents {
      let found = of(document.text)
      for (place, kind) in kinds.enumerated() where found.contains(kind) { counts[place] += 1 }
    }
    var traits: TextTraits = []
    for (kind, count) in zip(kinds, counts)
    where count > 0 && Double(count) >= leastShare * Double(documents.count) {
      traits.insert(kind)
    }
    return traits
  }

  private static func of(_ text: [UInt8]) -> TextTraits {
    var traits: TextTraits = []
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      switch scalar.value {
      case 0x620...0x6FF: traits.insert(.arabic)
      case 0x900...0x97F: traits.insert(.devanagari)
      case 0x130, 0x131: traits.insert(.dotless)
      case 0x3041...0x30FF, 0x3400...0x9FFF, 0x20000...0x2FFFF: traits.insert(.unspaced)
      default: break
      }
    }
    return traits
  }
}
