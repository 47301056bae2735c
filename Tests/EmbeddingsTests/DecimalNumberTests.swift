import Embeddings
import Glibc
import PipelineCore
import Testing

@Suite("Decimal numbers")
struct DecimalNumberTests {
  func parse(_ text: String) -> DecimalNumber { DecimalNumber.parse(Array(text.utf8)) }

  @Test("Random decimals have the bits that the standard library computes")
  func compared() {
    var generator = SeededGenerator(seed: 1)
    var wrong: [String] = []
    for _ in 0..<100_000 {
      let text = randomDecimal(&generator)
      let expected = Float(text).map { $0.isFinite ? DecimalNumber.value($0) : .notFinite }
      if !same(parse(text), expected ?? .malformed) { wrong.append(text) }
    }
    #expect(wrong.prefix(5) == [])
  }

  @Test("The numbers in text rows have the bits that strtof computes")
  func rowsMatchStrtof() throws {
    var generator = SeededGenerator(seed: 3)
    var fields: [String] = []
    while fields.count < 60_000 {
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
      let middle = (Double(value) + Double(value.nextUp)) / 2
      // Halfway cases and their neighbours, denormals, many digits, and typical numbers.
      let texts = [
        randomDecimal(&generator), "\(value)", "\(middle)", "\(middle.nextUp)",
        "\(Float(bitPattern: UInt32(generator.next(below: 1 << 23))))",
        "0.\(generator.next(below: 1_000_000))", "-\(generator.next(below: 1 << 62)).5",
        "\(16_777_216 + 2 * generator.next(below: 8_388_608) + 1)",
        "\(1 << 24 | generator.next(below: 1 << 24)).\(generator.next(below: 2) * 5)000000000",
      ]
      fields += texts.filter { text in
        strtof(text, nil).isFinite && text.utf8.allSatisfy("+-.e0123456789".utf8.contains)
      }
    }
    fields.removeLast(fields.count % 100)
    let lines = stride(from: 0, to: fields.count, by: 100).map { start in
      "w\(start) " + fields[start..<start + 100].joined(separator: " ") + "\n"
    }
    let outcome = try VectorFile(lines.joined()).read()
    #expect(outcome.error == nil)
    let bits = outcome.vectors.flatMap { $0 }.map(\.bitPattern)
    let wrong = zip(fields, bits).filter { strtof($0, nil).bitPattern != $1 }.map(\.0)
    #expect(bits.count == fields.count)
    #expect(wrong.prefix(5) == [])
  }

  @Test("The fast path accepts typical numbers and returns the bits that strtof computes")
  func fast() {
    var generator = SeededGenerator(seed: 4)
    var (taken, all) = (0, 0)
    var wrong: [String] = []
    for turn in 0..<150_000 {
      let text = turn % 3 == 0 ? plainDecimal(&generator) : middle(&generator, turn % 3)
      // The bytes after a number must not matter.
      let end = [" 9", "\n8", "\t.", " \u{ff}"][turn % 4]
      let bytes =
        Array((text + end).utf8) + [UInt8](repeating: 0x37, count: DecimalNumber.readAhead)
      let (value, length) = bytes.withUnsafeBufferPointer { bytes -> (Float?, Int) in
        guard let start = bytes.baseAddress else { return (nil, 0) }
        var place = start
        let value = DecimalNumber.parseFast(&place)
        return (value, place - start)
      }
      all += 1
      guard let value else { continue }
      taken += 1
      let isRight = value.bitPattern == strtof(text, nil).bitPattern && length == text.utf8.count
      if !isRight { wrong.append(text) }
    }
    #expect(wrong.prefix(5) == [])
    // The fast path leaves halfway cases, and their neighbours with many digits, to the full
    // parser.
    #expect(taken * 2 > all, "\(taken) of \(all)")
  }

  /// An optional sign, up to 19 digits and a point.
  private func plainDecimal(_ generator: inout SeededGenerator) -> String {
    let digits = (0...generator.next(below: 19)).map { _ in String(generator.next(below: 10)) }
    let point = generator.next(below: digits.count + 1)
    let text = digits[..<point].joined() + "." + digits[point...].joined()
    return ["", "-", "+"][generator.next(below: 3)]
      + (generator.next(below: 4) == 0 ? digits.joined() : text)
  }

  /// The exact middle of two floats from 2^9 to 2^25, which has at most 19 digits; with `change` 2,
  /// a decimal that differs from it in one of the last digits.
  private func middle(_ generator: inout SeededGenerator, _ change: Int) -> String {
    let places = generator.next(below: 16)
    // An odd number of 25 bits, over 2^places.
    var digits = 1 << 24 | generator.next(below: 1 << 23) << 1 | 1
    for _ in 0..<places { digits *= 5 }
    if change == 2 {
      var step = 1
      for _ in 0..<generator.next(below: max(1, places)) { step *= 10 }
      digits += generator.next(below: 2) == 0 ? step : -step
    }
    var text = String(digits)
    text.insert(".", at: text.index(text.endIndex, offsetBy: -places))
    return text + String(repeating: "0", count: generator.next(below: 2))
  }

  @Test("The shortest text of a float, and texts near the middles of floats, are parsed exactly")
  func roundTrip() {
    var generator = SeededGenerator(seed: 2)
    var wrong: [String] = []
    for _ in 0..<20_000 {
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
      guard value.isFinite else { continue }
      // The exact middle of two floats, and the decimals next to it.
      let middle = (Double(value) + Double(value.nextUp)) / 2
      let texts = ["\(value)", "\(middle)", "\(middle.nextUp)", "\(middle.nextDown)", "\(middle)1"]
      for text in texts where text.utf8.allSatisfy({ $0 != UInt8(ascii: "i") }) {
        let expected = Float(text).map { $0.isFinite ? DecimalNumber.value($0) : .notFinite }
        if !same(parse(text), expected ?? .malformed) { wrong.append(text) }
      }
    }
    #expect(wrong.prefix(5) == [])
  }

  @Test(
    "Edge values are parsed correctly",
    arguments: [
      ("0", 0), ("-0", -0.0), ("+1", 1), ("1.", 1), (".5", 0.5), ("00012", 12), ("1E2", 100),
      ("1e-400", 0), ("0e999999999999999999999", 0), ("3.4028235e38", .greatestFiniteMagnitude),
      ("1e-45", .leastNonzeroMagnitude), ("16777217", 16_777_216), ("16777219", 16_777_220),
      ("1.00000005960464477539062", 1), ("1.00000005960464477539063", 1.0000001),
      ("0.1000000000000000000000000000000000000000000000001", 0.1),
      ("100000000000000000000000000000000000000", 1e38),
    ] as [(String, Float)])
  func edges(_ text: String, _ expected: Float) {
    #expect(same(parse(text), .value(expected)))
  }

  @Test(
    "Text that is not a decimal number is malformed",
    arguments: [
      "", "-", "+", ".", "e5", "1e", "1e+", "1_0", "1,5", "0x10", "0x1p3", "1.2.3", "--1", "1 ",
      " 1", "1f", "１", "٣", "snan", "nan(1)", "1e5.0", "infinit",
    ])
  func malformed(_ text: String) {
    #expect(parse(text) == .malformed)
  }

  @Test(
    "Infinities, NaN and numbers that are too large are not finite",
    arguments: ["nan", "NaN", "-nan", "inf", "+Inf", "-Infinity", "1e39", "-3.5e38", "1e99999"])
  func notFinite(_ text: String) {
    #expect(parse(text) == .notFinite)
  }

  /// Whether both have the same bits, so that -0 differs from 0.
  private func same(_ left: DecimalNumber, _ right: DecimalNumber) -> Bool {
    if case .value(let a) = left, case .value(let b) = right { return a.bitPattern == b.bitPattern }
    return left == right
  }

  private func randomDecimal(_ generator: inout SeededGenerator) -> String {
    var text = generator.next(below: 2) == 0 ? "-" : ""
    for _ in 0...generator.next(below: 12) { text += String(generator.next(below: 10)) }
    if generator.next(below: 5) > 0 {
      text += "."
      for _ in 0...generator.next(below: 25) { text += String(generator.next(below: 10)) }
    }
    if generator.next(below: 3) == 0 { text += "e\(generator.next(below: 100) - 55)" }
    return text
  }
}
