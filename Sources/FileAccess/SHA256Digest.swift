import CCrypto

/// Computes the SHA-256 of bytes that are added chunk by chunk.
public final class SHA256Digest {
  private let context: OpaquePointer?
  private var result: [UInt8]?

  /// Creates an empty digest.
  public init() {
    context = EVP_MD_CTX_new()
    let ready = EVP_DigestInit_ex(context, EVP_sha256(), nil)
    precondition(ready == 1, "OpenSSL failed to start SHA-256")
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds bytes.
  ///
  /// - Precondition: `finish()` has not been called.
  public func update(_ bytes: UnsafeRawBufferPointer) {
    precondition(result == nil, "the digest is already finished")
    let done = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    precondition(done == 1, "OpenSSL failed to update SHA-256")
  }

  /// Adds bytes.
  ///
  /// - Precondition: `finish()` has not been called.
  public func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  /// Returns the 32 bytes of the digest; later calls return the same bytes.
  public func finish() -> [UInt8] {
    if let result { return result }
    var digest = [UInt8](repeating: 0, count: 32)
    let done = EVP_DigestFinal_ex(context, &digest, nil)
    precondition(done == 1, "OpenSSL failed to finish SHA-256")
    result = digest
    return digest
  }

  /// Returns the digest as 64 lower-case hexadecimal digits.
  public func hexadecimal() -> String {
    let digits = Array("0123456789abcdef".utf8)
    let text = finish().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }

  /// Returns the digest of `bytes` as 64 lower-case hexadecimal digits.
  public static func hexadecimal(of bytes: [UInt8]) -> String {
    let digest = SHA256Digest()
    digest.update(bytes)
    return digest.hexadecimal()
  }
}
