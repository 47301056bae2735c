/// The processes that train one network together, each of which runs the same program on the same
/// inputs. A group only moves bytes; `Trainer` decides what to send and in which order to add.
///
/// Messages from one process to another arrive in the order in which they were sent. All methods
/// are called on the thread that trains.
public protocol ProcessGroup: AnyObject {
  /// The number of this process, from 0. Process 0 writes all files.
  var rank: Int { get }
  /// The number of processes.
  var count: Int { get }
  /// Called while a process waits for a message; returns whether the job has been asked to end. If
  /// it has and no message arrives, waiting throws `ProcessGroupFact.lost`.
  var isInterrupted: () -> Bool { get set }
  /// Starts sending `bytes`, which must not change until `finishSending` returns.
  ///
  /// - Returns: the number of the message for `finishSending`.
  func startSending(_ bytes: UnsafeRawBufferPointer, to rank: Int) throws -> Int
  /// Waits until the bytes of a message may change. Called once for each message.
  func finishSending(_ message: Int) throws
  /// Receives a message of exactly as many bytes as `bytes` holds.
  func receive(_ bytes: UnsafeMutableRawBufferPointer, from rank: Int) throws
  /// Ends all processes.
  func abort(exitCode: Int32) -> Never
}

extension ProcessGroup {
  /// Sends `bytes` and waits until they may change.
  package func send(_ bytes: UnsafeRawBufferPointer, to rank: Int) throws {
    try finishSending(startSending(bytes, to: rank))
  }

  /// Sends an array whose size the receiver knows.
  package func send<Element: BitwiseCopyable>(_ values: [Element], to rank: Int) throws {
    guard !values.isEmpty else { return }
    try values.withUnsafeBytes { try send($0, to: rank) }
  }

  /// Receives an array of `count` elements.
  package func receive<Element: BitwiseCopyable>(
    _ count: Int, of zero: Element, from rank: Int
  ) throws -> [Element] {
    guard count > 0 else { return [] }
    var values = Array(repeating: zero, count: count)
    try values.withUnsafeMutableBytes { try receive($0, from: rank) }
    return values
  }
}

/// An error of training with several processes; it has no position.
public typealias ProcessGroupError = LocatedError<ProcessGroupFact>

/// A problem in a group of processes.
public enum ProcessGroupFact: DiagnosableFact {
  /// Before the first step, a process has different inputs from process 0.
  case otherInputs(rank: Int)
  /// After an epoch, a process has different weights from process 0.
  case otherWeights(rank: Int, epoch: Int)
  /// The job was asked to end while this process waited for another.
  case lost(rank: Int)
  /// A message could not be sent or received.
  case failed(operation: String, reason: String)

  /// The kind of failure.
  public var category: FailureCategory {
    switch self {
    case .otherInputs: .badInput
    case .otherWeights: .internalFault
    case .lost, .failed: .inputOutput
    }
  }

  /// The error code, a stable name for scripts.
  public var code: String {
    switch self {
    case .otherInputs: "rank-inputs"
    case .otherWeights: "rank-weights"
    case .lost: "rank-lost"
    case .failed: "message-passing"
    }
  }

  /// What is wrong and what to do.
  public var sentence: String {
    switch self {
    case .otherInputs(let rank):
      "rank \(rank) has different documents, settings or starting weights than rank 0; give every "
        + "host the same files, the same checkpoints and the same version of docket"
    case .otherWeights(let rank, let epoch):
      "after epoch \(epoch), rank \(rank) has different weights than rank 0; run all ranks on the "
        + "same kind of machine with the same version of docket, and resume from the last checkpoint"
    case .lost(let rank):
      "the job was ended while waiting for rank \(rank), which may have failed; start it again with "
        + "--resume to continue from the last checkpoint"
    case .failed(let operation, let reason):
      "\(operation) failed: \(reason); start the job again with --resume to continue from the last "
        + "checkpoint"
    }
  }
}
