import FileAccess
import Testing

@Suite("SHA-256")
struct SHA256DigestTests {
  @Test("Digests equal the values in FIPS 180-4, however the bytes are split")
  func known() {
    #expect(
      SHA256Digest.hexadecimal(of: [])
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    let text = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
    let digest = SHA256Digest()
    for byte in text.utf8 { digest.update([byte]) }
    let expected = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    #expect(digest.hexadecimal() == expected)
    #expect(digest.hexadecimal() == expected)
    #expect(digest.finish().count == 32)
  }
}
