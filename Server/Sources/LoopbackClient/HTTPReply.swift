/// The response to a request.
public struct HTTPReply: Sendable, Equatable {
  /// The status.
  public var status: Int
  /// The headers; names are in lower case.
  public var headers: [String: String]
  /// The body, without the framing of chunks.
  public var body: [UInt8]
  /// Whether the body is as long as its framing declares.
  public var isComplete: Bool

  /// The body as text.
  public var text: String { String(decoding: body, as: UTF8.self) }
}
