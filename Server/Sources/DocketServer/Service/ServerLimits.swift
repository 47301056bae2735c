/// The limits that keep a server responsive whatever its clients send.
public struct ServerLimits: Sendable {
  /// The maximum size of a request body in bytes. A stream of JSON lines may be longer, because it
  /// is processed while it is read.
  public var bodyBytes = 8 << 20
  /// The maximum number of documents in a request; a stream may have more.
  public var documents = 10_000
  /// The maximum number of requests with documents that are processed at once. Further requests get
  /// status 503.
  public var requests = 256
  /// The time limit for receiving and answering a request, or each piece of a stream.
  public var time = Duration.seconds(30)
  /// The maximum time that a request waits for others to classify together with it.
  public var batchWait = Duration.milliseconds(2)
  /// The maximum number of documents that are classified together.
  public var batchDocuments = 256
  /// The number of threads that classify.
  public var threads = 1

  /// Creates limits with default values.
  public init() {}

  /// The maximum total size of the bodies that are held in memory at once, in bytes.
  var heldBytes: Int { max(256 << 20, 2 * bodyBytes) }
  /// The maximum number of text bytes that are classified together.
  static let batchBytes = 1 << 20
}
