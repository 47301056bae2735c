import FileAccess
public import PipelineCore

/// The folder with the checkpoints of one training: the last two, and the one of the best epoch so far
/// as `best.checkpoint`.
///
/// Checkpoints are numbered in the order in which they are written. Each is one file that appears
/// whole or not at all, and an older one is deleted only when two newer ones are on the disk.
public final class CheckpointFolder {
  /// The path of the folder.
  public let path: String
  /// The number of checkpoints that are kept besides the best one.
  private static let kept = 2
  private static let suffix = ".checkpoint"
  private static let bestName = "best" + suffix
  private var hasSaved = false
  /// The checkpoint that was saved last.
  public private(set) var lastSaved: (path: String, epoch: Int, step: Int)?

  /// The folder at `path`, which is created when the first checkpoint is saved.
  public init(path: String) { self.path = path }

  /// The folder for the checkpoints of the model at `model`: `x.checkpoints` next to `x.docket`.
  public convenience init(forModel model: String) {
    let suffix = ".docket"
    let stem = model.hasSuffix(suffix) ? String(model.dropLast(suffix.count)) : model
    self.init(path: stem + ".checkpoints")
  }

  /// The numbers of the existing checkpoints, newest first.
  public var numbers: [Int] {
    guard Folder.exists(path), let names = try? Folder.names(in: path) else { return [] }
    return names.compactMap { name in
      name.hasSuffix(Self.suffix) ? Int(name.dropLast(Self.suffix.count)) : nil
    }.sorted(by: >)
  }

  /// Returns the path of checkpoint `number`.
  public func file(_ number: Int) -> String {
    let digits = String(number)
    return path + "/" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
      + Self.suffix
  }

  /// Saves a state, then deletes the checkpoints that are no longer kept.
  ///
  /// - Throws: `FileError`, `ModelError`.
  public func save(_ state: TrainingState, _ identity: TrainingIdentity) throws {
    let pieces = try CheckpointArchive.pieces(state, identity)
    try Folder.make(path)
    // Checkpoints of an earlier training would count as newer than those of this one.
    if !hasSaved { removeFiles() }
    hasSaved = true
    let number = (numbers.first ?? 0) + 1
    let file = try AtomicFile(path: file(number))
    for piece in pieces { try file.write(piece) }
    try file.commit()
    lastSaved = (file.path, state.epoch, state.step)
    if state.isBest { try keepAsBest(file.path, pieces) }
    Failpoint.reach("prune")
    for old in numbers.dropFirst(Self.kept) {
      Folder.delete(self.file(old))
      Failpoint.reach("pruned")
    }
  }

  /// Returns the newest state that can be read; `nil` if there is no checkpoint. The next checkpoint
  /// is numbered after it.
  ///
  /// - Parameters:
  ///   - identity: the identity of the current training.
  ///   - note: receives a warning about each checkpoint that cannot be read.
  /// - Throws: `CheckpointError`.
  public func newest(
    for identity: TrainingIdentity, note: (String) -> Void = { _ in }
  ) throws -> TrainingState? {
    var reasons: [String] = []
    for number in numbers {
      let name = file(number)
      do {
        let (state, written) = try CheckpointArchive.read(name)
        let differences = written.differences(to: identity)
        guard differences.isEmpty else {
          throw CheckpointError(.otherTraining(differences), at: .file(name))
        }
        for reason in reasons { note("warning: " + reason) }
        hasSaved = true
        return state
      } catch let error as CheckpointError {
        throw error
      } catch let error as any DiagnosableError {
        reasons.append(error.description)
      }
    }
    guard reasons.isEmpty else { throw CheckpointError(.allDamaged(reasons), at: .file(path)) }
    return nil
  }

  /// Reads checkpoint `number` and discards it.
  ///
  /// - Throws: `ModelError`, `FileError`.
  public func verify(_ number: Int) throws { _ = try CheckpointArchive.read(file(number)) }

  /// Deletes all checkpoints, and the folder if it is then empty.
  public func remove() {
    removeFiles()
    Folder.deleteEmpty(path)
  }

  private func removeFiles() {
    for name in (try? Folder.names(in: path)) ?? []
    where name.hasSuffix(Self.suffix) || name.contains(Self.suffix + ".tmp-") {
      Folder.delete(path + "/" + name)
    }
  }

  /// Links the checkpoint under a second name, or copies it where the file system has no links.
  private func keepAsBest(_ checkpoint: String, _ pieces: [[UInt8]]) throws {
    let best = path + "/" + Self.bestName
    if Folder.link(checkpoint, as: best) { return }
    let file = try AtomicFile(path: best)
    for piece in pieces { try file.write(piece) }
    try file.commit()
  }
}

/// Why training cannot resume from a checkpoint, and the checkpoint or its folder.
public typealias CheckpointError = LocatedError<CheckpointFact>

/// Why training cannot resume from a checkpoint.
public enum CheckpointFact: DiagnosableFact {
  /// The checkpoint is of another training; each difference as a clause.
  case otherTraining([String])
  /// No checkpoint can be read; the reason for each.
  case allDamaged([String])
  /// The newest readable checkpoint does not fit the network.
  case unfit(String)

  /// The stable name of the fact.
  public var code: String {
    switch self {
    case .otherTraining: "checkpoint-of-another-training"
    case .allDamaged: "checkpoints-damaged"
    case .unfit: "checkpoint-unfit"
    }
  }

  /// The fact as a sentence.
  public var sentence: String {
    switch self {
    case .otherTraining(let differences):
      "the checkpoint is from another training: " + differences.joined(separator: "; ")
        + "; restore these, or omit --resume to start from the beginning"
    case .allDamaged(let reasons):
      "no checkpoint can be read; none was deleted: " + reasons.joined(separator: "; ")
        + "; omit --resume to start from the beginning"
    case .unfit(let what):
      "the checkpoint does not fit the network: \(what); omit --resume to start from the beginning"
    }
  }
}
