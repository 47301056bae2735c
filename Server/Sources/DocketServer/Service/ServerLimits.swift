/// The limits that keep a server responsive whatever its clients send.
public struct ServerLimits: Sendable {
  /// The maximum size of a request body in bytes. A stream of JSON lines may be longer, since it is
  /// answered while it is read.
  public var bodyBytes = 8 << 20
  /// The maximum number of documents in a request; a stream may have more.
  public var documents = 10_000
  /// The maximum number of requests with documents that are answered at once. Further ones get 503.
  public var requests = 256
  /// The time within which a request is received and answered; for a stream, each piece of it.
  public var time = Duration.seconds(30)
  /// The maximum time that a request waits for others, so that they are classified together.
  public var batchWait = Duration.milliseconds(2)
  /// The maximum number of documents that are classified together.
  public var batchDocuments = 256
  /// The number of threads that classify.
  public var threads = 1

  /// Creates limits with default values.
  public init() {}

  /// The total size of all bodies that are held in memory at once.
  var heldBytes: Int { max(256 << 20, 2 * bodyBytes) }
  /// The maximum number of text bytes that are classified together.
  static let batchBytes = 1 << 20
}
