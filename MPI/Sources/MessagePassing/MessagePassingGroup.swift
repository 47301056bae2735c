import CMessagePassing
public import Docket
import Foundation

/// The processes of an MPI job.
///
/// It polls instead of calling `MPI_Wait`. So a process can end with a message when `mpirun` ends
/// the job, and leaves the processor to others while a message takes long.
public final class MessagePassingGroup: ProcessGroup {
  /// The number of this process in `MPI_COMM_WORLD`.
  public let rank: Int
  /// The number of processes in `MPI_COMM_WORLD`.
  public let count: Int
  /// Whether the job has been asked to end.
  public var isInterrupted: () -> Bool = { false }

  /// The messages that are being sent, and their receivers.
  private var sending: [Int: (request: OpaquePointer, receiver: Int)] = [:]
  private var lastMessage = 0
  /// The time to wait for a message after the job was asked to end. By default, `mpirun` kills a
  /// process one second after asking it to end.
  private let patience: Duration = {
    let name = "OMPI_MCA_odls_base_sigkill_timeout"
    let seconds = ProcessInfo.processInfo.environment[name].flatMap(Double.init) ?? 1
    return .seconds(max(seconds / 2, seconds - 1))
  }()

  /// Starts MPI. Call it once, before any other thread is started.
  ///
  /// - Throws: `ProcessGroupError`
  public init() throws {
    try Self.check(docket_mpi_start(), "MPI_Init_thread")
    (rank, count) = (Int(docket_mpi_rank()), Int(docket_mpi_count()))
  }

  /// Ends MPI. All processes must call it when they are done.
  ///
  /// - Throws: `ProcessGroupError`
  public func finish() throws { try Self.check(docket_mpi_finish(), "MPI_Finalize") }

  /// Starts sending bytes, which must not change until `finishSending` returns.
  ///
  /// - Throws: `ProcessGroupError`
  public func startSending(_ bytes: UnsafeRawBufferPointer, to rank: Int) throws -> Int {
    var request: OpaquePointer?
    try Self.check(
      docket_mpi_start_sending(bytes.baseAddress, Int32(bytes.count), Int32(rank), &request),
      "MPI_Isend")
    lastMessage += 1
    if let request { sending[lastMessage] = (request, rank) }
    return lastMessage
  }

  /// Waits until the bytes of a message may change.
  ///
  /// - Throws: `ProcessGroupError`
  public func finishSending(_ message: Int) throws {
    guard let (request, receiver) = sending.removeValue(forKey: message) else {
      preconditionFailure("finishSending is called once for each message")
    }
    _ = try wait(for: request, rank: receiver, "MPI_Isend")
  }

  /// Receives a message of exactly as many bytes as `bytes` holds.
  ///
  /// - Throws: `ProcessGroupError`
  public func receive(_ bytes: UnsafeMutableRawBufferPointer, from rank: Int) throws {
    var request: OpaquePointer?
    try Self.check(
      docket_mpi_start_receiving(bytes.baseAddress, Int32(bytes.count), Int32(rank), &request),
      "MPI_Irecv")
    guard let request else { return }
    let received = try wait(for: request, rank: rank, "MPI_Irecv")
    guard received == bytes.count else {
      throw ProcessGroupError(
        .failed(operation: "MPI_Irecv", reason: "\(received) bytes instead of \(bytes.count)"),
        at: nil)
    }
  }

  /// Ends all processes of the job.
  public func abort(exitCode: Int32) -> Never { docket_mpi_abort(exitCode) }

  /// Waits until a message has been sent or received; returns its size.
  private func wait(for request: OpaquePointer, rank: Int, _ operation: String) throws -> Int {
    var (done, received): (Int32, Int32) = (0, 0)
    var polls = 0
    var deadline: ContinuousClock.Instant?
    while true {
      try Self.check(docket_mpi_test(request, &done, &received), operation)
      if done != 0 { return Int(received) }
      polls += 1
      // The first messages of a wait come soon; later ones take milliseconds.
      guard polls > 200 else { continue }
      usleep(polls < 2_000 ? 20 : 200)
      guard isInterrupted() else { continue }
      let now = ContinuousClock.now
      if let deadline, now > deadline { throw ProcessGroupError(.lost(rank: rank), at: nil) }
      deadline = deadline ?? now + patience
    }
  }

  private static func check(_ code: Int32, _ operation: String) throws {
    guard code != 0 else { return }
    var text = Array(repeating: CChar(0), count: Int(docket_mpi_error_size()) + 1)
    docket_mpi_describe(code, &text)
    let reason = String(
      decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    throw ProcessGroupError(.failed(operation: operation, reason: reason), at: nil)
  }
}
