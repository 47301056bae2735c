import Docket
import Platform
import Synchronization
import Models

/// SIGINT and SIGTERM while something is learning: the first asks it to stop at the next step, the
/// second ends the process at once.
enum Interruption {
  private static let received = Atomic<Int32>(0)

  /// The signal that came, or 0.
  static var signal: Int32 { received.load(ordering: .relaxed) }

  /// Whether to stop.
  static var isRequested: Bool { signal != 0 }

  /// Begins to listen.
  static func listen() {
    let handler: @convention(c) (Int32) -> Void = { number in
      let (_, before) = Interruption.received.compareExchange(
        expected: 0, desired: number, ordering: .relaxed)
      if before != 0 { _exit(128 + number) }
    }
    _ = Platform.signal(SIGINT, handler)
    _ = Platform.signal(SIGTERM, handler)
  }
}

/// A training that a signal ended.
struct InterruptedTraining: Error {
  /// Where it can go on from.
  var checkpoint: String?

  /// What is left of it, in a sentence.
  var sentence: String {
    guard let checkpoint else { return "interrupted; nothing was written" }
    return "interrupted; \(checkpoint) was written, and --resume goes on from it"
  }
}

extension PipelineTraining {
  /// Runs `body`, and says what was saved when a signal ends it.
  func tellingCheckpoint<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch TrainingError.interrupted {
      throw InterruptedTraining(checkpoint: checkpoints?.lastSaved?.path)
    }
  }
}
