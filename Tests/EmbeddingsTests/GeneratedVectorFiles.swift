/// A small vector file, whole or damaged, identical to the one that `Tools/compare-with-gensim.py`
/// generates from the same numbers; change both together.
struct GeneratedVectorFile {
  static let variants = [
    "text", "trailing-space", "crlf", "no-final-newline", "tabs", "double-spaces", "spaced-word",
    "one-value", "short-row", "long-row", "blank-line", "empty-word", "count-high", "count-low",
    "nan", "inf", "too-large", "underscore", "duplicate", "two-forms", "bad-utf8", "bom", "glove",
    "header-zero-zero", "header-zero", "header-no-width", "header-negative", "header-three",
    "empty",
    "header-huge", "header-beyond", "sparse",
    "binary", "binary-newlines", "binary-trailing", "binary-wide", "binary-narrow", "binary-cut",
    "binary-cut-word", "binary-spaced-word", "binary-nan", "binary-duplicate", "binary-count-high",
    "binary-count-low", "binary-bad-utf8", "binary-feeds",
  ]
  private static let pieces = ["a", "B", "ß", "漢", "e\u{301}", "</s>", ".", "1x", "नम", "\u{200c}"]

  /// SplitMix64.
  private struct Numbers {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var value = state
      value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
      value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
      return value ^ (value >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
  }

  let variant: String
  private(set) var bytes: [UInt8] = []
  private var numbers: Numbers
  private var words: [[UInt8]] = []
  private let width: Int
  private let chosen: Int

  /// Generates file `index`.
  init(_ index: Int) {
    numbers = Numbers(state: UInt64(index))
    variant = Self.variants[index % Self.variants.count]
    let count = 2 + numbers.below(7)
    width = 2 + numbers.below(5)
    chosen = 1 + numbers.below(count - 1)
    for row in 0..<count {
      var word = ""
      for _ in 0..<1 + numbers.below(3) { word += Self.pieces[numbers.below(Self.pieces.count)] }
      words.append(Array("\(word)\(row)".utf8))
    }
    switch variant {
    case "duplicate", "binary-duplicate": words[chosen] = words[0]
    case "two-forms":
      words[0] = [0xc3, 0xa9]
      words[chosen] = [0x65, 0xcc, 0x81]
    case "bad-utf8", "binary-bad-utf8": words[chosen] = [0xe6, 0xbc]
    case "spaced-word", "binary-spaced-word": words[chosen] = Array("new york".utf8)
    case "empty-word": words[chosen] = []
    default: break
    }
    if variant.hasPrefix("binary") { makeBinary() } else { makeText() }
  }

  private mutating func decimal() -> String {
    let sign = numbers.below(2) == 1 ? "-" : ""
    let whole = "\(numbers.below(3))"
    switch numbers.below(8) {
    case 0:
      let fraction = numbers.below(1000)
      return "\(sign)\(whole).\(fraction)e-0\(1 + numbers.below(9))"
    case 1:
      let first = numbers.next()
      return "\(sign)\(whole).\(first)\(numbers.next())"
    case 2: return "\(sign)\(numbers.below(100_000))"
    default:
      let digits = "\(numbers.below(1_000_000))"
      return "\(sign)\(whole)." + String(repeating: "0", count: 6 - digits.utf8.count) + digits
    }
  }

  private mutating func makeText() {
    let separator = ["tabs": "\t", "double-spaces": "  "][variant] ?? " "
    let end = ["crlf": "\r\n", "trailing-space": " \n"][variant] ?? "\n"
    let odd = ["nan": "nan", "inf": "-inf", "too-large": "1e39", "underscore": "1_0"][variant]
    var lines: [UInt8] = []
    for (row, word) in words.enumerated() {
      var fields: [String] = []
      for _ in 0..<width { fields.append(decimal()) }
      if row == chosen {
        fields[0] = odd ?? fields[0]
        if variant == "one-value" { fields = [fields[0]] }
        if variant == "short-row" { fields.removeLast() }
        if variant == "long-row" { fields.append("0.5") }
        if variant == "blank-line" { lines.append(0x0a) }
      }
      if variant == "sparse" { fields = fields.enumerated().map { "\($0):\($1)" } }
      lines += word + Array((separator + fields.joined(separator: separator) + end).utf8)
    }
    bytes = header(lineEnd: variant == "crlf" ? "\r\n" : "\n") + lines
    if variant == "empty" { bytes = [] }
    if variant == "no-final-newline" { bytes.removeLast() }
  }

  private func header(lineEnd: String) -> [UInt8] {
    let count = words.count
    let text: String
    switch variant {
    case "glove": return []
    case "header-zero-zero": text = "0 0"
    case "header-zero": text = "0 \(width)"
    case "header-no-width": text = "\(count) 0"
    case "header-negative": text = "-1 \(width)"
    case "header-three": text = "\(count) \(width) 1"
    case "header-huge": text = "1000000000 \(width)"
    case "header-beyond": text = "99999999999999999999 \(width)"
    case "count-high", "binary-count-high": text = "\(count + 1) \(width)"
    case "count-low", "binary-count-low": text = "\(count - 1) \(width)"
    case "binary-wide": text = "\(count) \(width + 1)"
    case "binary-narrow": text = "\(count) \(width - 1)"
    default: text = "\(count) \(width)"
    }
    return (variant == "bom" ? [0xef, 0xbb, 0xbf] : []) + Array((text + lineEnd).utf8)
  }

  private mutating func makeBinary() {
    bytes = header(lineEnd: "\n")
    for (row, word) in words.enumerated() {
      var vector: [UInt8] = []
      for _ in 0..<width {
        let sign = numbers.below(2)
        let exponent = 107 + numbers.below(40)
        let bits = UInt32(sign << 31 | exponent << 23 | numbers.below(1 << 23))
        vector += BinaryVectors.littleEndian(bits)
      }
      if row == chosen, variant == "binary-nan" { vector[..<4] = [0, 0, 0xc0, 0x7f] }
      if variant == "binary-feeds" { vector[..<4] = [0x0a, 0x0a, 0x0a, 0x0a] }
      bytes += word + [0x20] + vector + (variant == "binary-newlines" ? [0x0a] : [])
    }
    if variant == "binary-trailing" { bytes += Array("xyz".utf8) }
    if variant == "binary-cut" { bytes.removeLast() }
    if variant == "binary-cut-word" { bytes.removeLast(4 * width + 2) }
  }
}
