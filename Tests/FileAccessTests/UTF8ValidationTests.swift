import FileAccess
import Testing

@Suite("UTF-8 validation")
struct UTF8ValidationTests {
  @Test("Every code point is accepted, alone and among ASCII")
  func allScalars() {
    var wrong = 0
    for value in UInt32(0)...0x10ffff {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let bytes = Array(UTF8.encode(scalar) ?? .init())
      if UTF8Validation.firstInvalidByte(in: bytes) != nil { wrong += 1 }
    }
    #expect(wrong == 0)
    let text = Array("plain text, then ünïcödé 漢字 👩‍👩‍👧 and plain text again".utf8)
    #expect(UTF8Validation.firstInvalidByte(in: text) == nil)
    #expect(UTF8Validation.firstInvalidByte(in: text[3...]) == nil)
    #expect(UTF8Validation.firstInvalidByte(in: [UInt8]()) == nil)
  }

  @Test(
    "An ill-formed sequence is reported at its first byte",
    arguments: [
      [0x80], [0xbf], [0xc0, 0x80], [0xc1, 0xbf], [0xe0, 0x80, 0x80], [0xe0, 0x9f, 0xbf],
      [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xf0, 0x80, 0x80, 0x80], [0xf0, 0x8f, 0xbf, 0xbf],
      [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xff], [0xfe], [0xc3], [0xe3, 0x81],
      [0xf0, 0x9f, 0x92], [0xc3, 0x41], [0xe3, 0x41, 0x81], [0xe3, 0x81, 0x41],
      [0xf0, 0x9f, 0x92, 0x41],
    ] as [[UInt8]])
  func illFormed(_ bytes: [UInt8]) {
    #expect(UTF8Validation.firstInvalidByte(in: bytes) == 0)
    for prefix in ["a", "ä", "0123456789abcdef", "漢字漢字 text"] {
      let all = Array(prefix.utf8) + bytes + Array(" more text follows".utf8)
      #expect(UTF8Validation.firstInvalidByte(in: all) == prefix.utf8.count)
    }
  }

  @Test(
    "Sequences of two to four bytes are accepted exactly when the standard library accepts them")
  func comparedWithStandardLibrary() {
    var wrong = 0
    let leading: [UInt8] = [0x00, 0x7f, 0x80, 0xbf] + Array(0xc0...0xff)
    for first in leading {
      for second in UInt8.min...UInt8.max {
        for bytes in [[first, second], [first, second, 0x80], [first, second, 0x80, 0xbf]] {
          let expected = String(validating: bytes, as: UTF8.self) != nil
          if (UTF8Validation.firstInvalidByte(in: bytes) == nil) != expected { wrong += 1 }
        }
      }
    }
    #expect(wrong == 0)
  }
}
