import Docket
import Synchronization

/// The bearer tokens that are accepted; if there is no token file, all requests are allowed.
final class AccessTokens: Sendable {
  /// A problem with a token file.
  struct FileProblem: Error, CustomStringConvertible {
    let description: String
  }

  private let path: String?
  /// The SHA-256 of each token, so that the time a lookup takes reveals nothing about a token.
  private let digests: Mutex<Set<String>>

  /// Reads a file with one token per line. Empty lines and lines that begin with `#` are ignored.
  ///
  /// - Throws: `FileError`; `FileProblem` for a token that is too short or contains characters that
  ///   RFC 6750 does not allow, and for a file without tokens.
  init(path: String?) throws {
    self.path = path
    digests = Mutex(try path.map(Self.read) ?? [])
  }

  /// Rereads the file. After an error, the old tokens are kept.
  func reload() throws {
    guard let path else { return }
    let new = try Self.read(path)
    digests.withLock { $0 = new }
  }

  private static func read(_ path: String) throws -> Set<String> {
    let bytes = try InputFile.readAll(path: path, limit: 1 << 20)
    var digests: Set<String> = []
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    for (number, line) in lines.enumerated() {
      let token = line.last == 0x0D ? line.dropLast() : line
      guard !token.isEmpty, token.first != UInt8(ascii: "#") else { continue }
      guard token.allSatisfy(isAllowed) else {
        throw FileProblem(
          description: "\(path):\(number + 1): error: a token can only have letters, digits and "
            + "-._~+/=")
      }
      guard token.count >= 16 else {
        throw FileProblem(
          description: "\(path):\(number + 1): error: the token has \(token.count) characters; "
            + "expected at least 16, for example from openssl rand -hex 16")
      }
      digests.insert(SHA256Digest.hexadecimal(of: Array(token)))
    }
    guard !digests.isEmpty else {
      throw FileProblem(description: "\(path): error: the file has no tokens; write one per line")
    }
    return digests
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-._~+/=".utf8.contains(byte)
    }
  }

  /// Checks the `Authorization` header.
  ///
  /// - Throws: `RequestError` if there is a token file and the header contains none of its tokens.
  func check(_ header: String?) throws(RequestError) {
    guard path != nil else { return }
    guard let header else { throw RequestError(.noToken) }
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else {
      throw RequestError(.noToken)
    }
    let digest = SHA256Digest.hexadecimal(of: Array(parts[1].utf8))
    guard digests.withLock({ $0.contains(digest) }) else { throw RequestError(.wrongToken) }
  }
}
