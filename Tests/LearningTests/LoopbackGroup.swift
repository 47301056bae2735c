import Platform
import PipelineCore
import Synchronization

/// A group of threads of one process that pass messages in memory.
final class LoopbackGroup: ProcessGroup {
  /// The messages that have been sent but not received, for each pair of ranks.
  final class Mail: Sendable {
    private let boxes: Mutex<[[Int]: [[UInt8]]]> = Mutex([:])
    private let bytes = Atomic<Int>(0)

    /// The number of bytes sent.
    var total: Int { bytes.load(ordering: .relaxed) }

    func put(_ message: [UInt8], from sender: Int, to receiver: Int) {
      bytes.add(message.count, ordering: .relaxed)
      boxes.withLock { $0[[sender, receiver], default: []].append(message) }
    }

    func take(from sender: Int, to receiver: Int) -> [UInt8]? {
      boxes.withLock { boxes in
        guard boxes[[sender, receiver]]?.isEmpty == false else { return nil }
        return boxes[[sender, receiver]]?.removeFirst()
      }
    }
  }

  let rank: Int
  let count: Int
  var isInterrupted: () -> Bool = { false }
  private let mail: Mail
  /// The bytes of the messages whose sending has started, which must stay as they are.
  private var open: [Int: (bytes: UnsafeRawBufferPointer, copy: [UInt8])] = [:]
  private var last = 0
  /// Whether a sent message was changed too early or was still being sent at the end.
  private(set) var isSound = true

  init(rank: Int, of count: Int, _ mail: Mail) {
    (self.rank, self.count, self.mail) = (rank, count, mail)
  }

  /// Whether all messages have been sent.
  var isDone: Bool { open.isEmpty }

  func startSending(_ bytes: UnsafeRawBufferPointer, to rank: Int) throws -> Int {
    let copy = Array(bytes)
    mail.put(copy, from: self.rank, to: rank)
    last += 1
    open[last] = (bytes, copy)
    return last
  }

  func finishSending(_ message: Int) throws {
    guard let sent = open.removeValue(forKey: message), Array(sent.bytes) == sent.copy else {
      isSound = false
      return
    }
  }

  func receive(_ bytes: UnsafeMutableRawBufferPointer, from rank: Int) throws {
    // MPI does not permit writing to a message while another process reads it.
    let start = UnsafeRawPointer(bytes.baseAddress)
    if let start, open.values.contains(where: { overlaps($0.bytes, start, bytes.count) }) {
      isSound = false
    }
    while true {
      if let message = mail.take(from: rank, to: self.rank) {
        guard message.count == bytes.count else {
          throw ProcessGroupError(
            .failed(operation: "receive", reason: "\(message.count) bytes of \(bytes.count)"),
            at: nil)
        }
        bytes.copyBytes(from: message)
        return
      }
      if isInterrupted() { throw ProcessGroupError(.lost(rank: rank), at: nil) }
      sched_yield()
    }
  }

  func abort(exitCode: Int32) -> Never { fatalError("a rank aborted") }

  private func overlaps(
    _ bytes: UnsafeRawBufferPointer, _ start: UnsafeRawPointer, _ count: Int
  ) -> Bool {
    guard let other = bytes.baseAddress else { return false }
    return start < other + bytes.count && other < start + count
  }
}
