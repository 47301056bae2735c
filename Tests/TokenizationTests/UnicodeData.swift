import Glibc

/// Unicode's test files from Debian's package `unicode-data`.
enum UnicodeData {
  static let root = "/usr/share/unicode/"
  static let missing = "Debian's package unicode-data is not installed"

  static func has(_ name: String) -> Bool { access(root + name, R_OK) == 0 }

  /// Returns the lines of a file without comments and empty lines. `bzip2` decompresses `.bz2`
  /// files.
  static func lines(of name: String) throws -> [String] {
    let isPacked = name.hasSuffix(".bz2")
    let stream = isPacked ? popen("bzip2 -dc " + root + name, "r") : fopen(root + name, "r")
    guard let stream else { throw Unreadable(name: name) }
    defer { if isPacked { pclose(stream) } else { fclose(stream) } }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&block, 1, block.count, stream)
      if count == 0 { break }
      bytes.append(contentsOf: block[..<count])
    }
    guard !bytes.isEmpty else { throw Unreadable(name: name) }
    return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
      let content = line.prefix { $0 != UInt8(ascii: "#") }
      let text = String(decoding: content, as: UTF8.self)
      return text.allSatisfy { $0 == " " || $0 == "\t" } ? nil : text
    }
  }

  struct Unreadable: Error { let name: String }

  /// Returns the UTF-8 bytes of hexadecimal code points separated by spaces.
  static func bytes(_ hexadecimal: some StringProtocol) -> [UInt8] {
    let scalars = hexadecimal.split(separator: " ").compactMap { UInt32($0, radix: 16) }
    return utf8(scalars)
  }

  static func utf8(_ scalars: [UInt32]) -> [UInt8] {
    var text = ""
    text.unicodeScalars.append(contentsOf: scalars.compactMap(Unicode.Scalar.init))
    return Array(text.utf8)
  }

  /// Returns the text of a line of a break test and its boundaries in bytes.
  static func breakCase(_ line: String) -> (bytes: [UInt8], boundaries: [Int]) {
    var bytes: [UInt8] = []
    var boundaries: [Int] = []
    for field in line.split(whereSeparator: { $0 == " " || $0 == "\t" }) {
      switch field {
      case "÷": boundaries.append(bytes.count)
      case "×": break
      default: bytes += Self.bytes(field)
      }
    }
    return (bytes, boundaries)
  }
}
