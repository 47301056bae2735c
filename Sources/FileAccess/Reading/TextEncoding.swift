/// A character encoding of text files.
public struct TextEncoding: Sendable, Equatable {
  /// The name in pipeline files and messages, such as `windows-1254`.
  public let name: String
  /// The name for `iconv`; `nil` for UTF-8.
  let systemName: String?

  /// UTF-8.
  public static let utf8 = TextEncoding("utf-8", nil)

  /// Finds an encoding by its name or another common spelling, such as `cp1254` or `CP-1254` for
  /// `windows-1254`; `nil` if there is none.
  public init?(named name: String) {
    let key = Self.key(name)
    guard
      let known = Self.known.first(where: { encoding, aliases in
        Self.key(encoding.name) == key || aliases.contains(key)
      })
    else { return nil }
    self = known.encoding
  }

  private init(_ name: String, _ systemName: String?) {
    self.name = name
    self.systemName = systemName
  }

  /// The names of all encodings.
  public static var names: [String] { known.map(\.encoding.name) }

  /// Returns the name in lower case, without the characters in which spellings differ.
  private static func key(_ name: String) -> String {
    String(name.lowercased().filter { !"-_ .".contains($0) })
  }

  /// The encodings, each with the keys of its alternative spellings.
  private static let known: [(encoding: TextEncoding, aliases: [String])] = {
    var known: [(encoding: TextEncoding, aliases: [String])] = [
      (utf8, ["utf8bom", "utf8sig"]),
      (TextEncoding("utf-16le", "UTF-16LE"), ["utf16", "unicode", "ucs2"]),
      (TextEncoding("utf-16be", "UTF-16BE"), []),
      (TextEncoding("utf-32le", "UTF-32LE"), ["utf32"]),
      (TextEncoding("utf-32be", "UTF-32BE"), []),
    ]
    for number in 1250...1258 {
      let names = ["cp\(number)", "win\(number)", "\(number)"]
      known.append((TextEncoding("windows-\(number)", "CP\(number)"), names))
    }
    let latin = [1: "latin1", 2: "latin2", 9: "latin5", 15: "latin9"]
    for number in 1...16 where number != 12 {
      let names = ["8859\(number)"] + (latin[number].map { [$0] } ?? [])
      known.append((TextEncoding("iso-8859-\(number)", "ISO-8859-\(number)"), names))
    }
    for number in [437, 850, 857, 864, 866] {
      known.append((TextEncoding("ibm\(number)", "CP\(number)"), ["cp\(number)"]))
    }
    return known + [
      (TextEncoding("windows-874", "CP874"), ["cp874", "tis620"]),
      (TextEncoding("koi8-r", "KOI8-R"), []), (TextEncoding("koi8-u", "KOI8-U"), []),
      (TextEncoding("macintosh", "MACINTOSH"), ["mac", "macroman"]),
      (TextEncoding("gb18030", "GB18030"), ["gbk", "gb2312", "cp936", "euccn"]),
      (TextEncoding("big5", "BIG5-HKSCS"), ["big5hkscs", "cp950"]),
      (TextEncoding("shift_jis", "CP932"), ["sjis", "cp932", "windows31j", "ms932"]),
      (TextEncoding("euc-jp", "EUC-JP"), []),
      (TextEncoding("euc-kr", "CP949"), ["cp949", "uhc", "ksc5601"]),
    ]
  }()
}
