import Docket
import ExternalStages
import Platform
import Synchronization
import Models

/// Handles SIGINT, SIGTERM and SIGHUP during training: the first signal requests a stop at the next
/// step, and the second ends the process immediately.
enum Interruption {
  private static let received = Atomic<Int32>(0)

  /// The signal that was received, or 0.
  static var signal: Int32 { received.load(ordering: .relaxed) }

  /// Whether to stop.
  static var isRequested: Bool { signal != 0 }

  /// The exit code of training that was interrupted, here or in another process.
  static var exitCode: Int32 { 128 + (isRequested ? signal : SIGTERM) }

  /// Installs the signal handlers.
  static func listen() {
    let handler: @convention(c) (Int32) -> Void = { number in
      let (_, before) = Interruption.received.compareExchange(
        expected: 0, desired: number, ordering: .relaxed)
      if before != 0 {
        ExternalProcesses.kill()
        _exit(128 + number)
      }
    }
    _ = Platform.signal(SIGINT, handler)
    _ = Platform.signal(SIGTERM, handler)
    // `nohup` ignores SIGHUP, so that the command continues without its terminal.
    if !isIgnored(SIGHUP) { _ = Platform.signal(SIGHUP, handler) }
  }
}

extension Interruption {
  /// Returns whether the process ignores a signal.
  private static func isIgnored(_ number: Int32) -> Bool {
    let action = Platform.signal(number, SIG_IGN)
    _ = Platform.signal(number, action)
    return unsafeBitCast(action, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}

/// An error for training that was interrupted by a signal.
struct InterruptedTraining: Error {
  /// The checkpoint to resume from; `nil` if there is none.
  var checkpoint: String?

  /// A sentence about what was saved.
  var sentence: String {
    guard let checkpoint else { return "interrupted; nothing was written" }
    return "interrupted; wrote \(checkpoint); use --resume to continue from it"
  }
}

extension PipelineTraining {
  /// Runs `body`. If a signal interrupts it, the thrown error names the last checkpoint.
  func namingCheckpoint<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch TrainingError.interrupted {
      throw InterruptedTraining(checkpoint: checkpoints?.lastSaved?.path)
    }
  }
}
