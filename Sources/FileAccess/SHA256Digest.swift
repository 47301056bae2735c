import CCrypto

/// The SHA-256 of bytes that come piece by piece.
public final class SHA256Digest {
  private let context: OpaquePointer?
  private var result: [UInt8]?

  /// The digest of nothing yet.
  public init() {
    context = EVP_MD_CTX_new()
    let ready = EVP_DigestInit_ex(context, EVP_sha256(), nil)
    precondition(ready == 1, "OpenSSL must be able to compute SHA-256")
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Takes in more bytes.
  ///
  /// - Precondition: `finish()` has not been called.
  public func update(_ bytes: UnsafeRawBufferPointer) {
    precondition(result == nil, "a finished digest takes no more bytes")
    let done = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    precondition(done == 1, "OpenSSL must be able to go on with SHA-256")
  }

  /// Takes in more bytes.
  public func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  /// The 32 bytes of the digest; asking again gives them again.
  public func finish() -> [UInt8] {
    if let result { return result }
    var digest = [UInt8](repeating: 0, count: 32)
    let done = EVP_DigestFinal_ex(context, &digest, nil)
    precondition(done == 1, "OpenSSL must be able to end SHA-256")
    result = digest
    return digest
  }

  /// The digest as 64 hexadecimal digits in lower case.
  public func hexadecimal() -> String {
    let digits = Array("0123456789abcdef".utf8)
    let text = finish().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }

  /// The digest of `bytes` as hexadecimal digits.
  public static func hexadecimal(of bytes: [UInt8]) -> String {
    let digest = SHA256Digest()
    digest.update(bytes)
    return digest.hexadecimal()
  }
}
