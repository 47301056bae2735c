import FileAccess
public import PipelineCore

/// The folder that keeps the checkpoints of one training: the last two, and the one of the best epoch
/// so far as `best.checkpoint`.
///
/// Checkpoints are numbered in the order in which they were written. Each is one file that appears
/// whole or not at all, and an older one is deleted only when two newer ones are on the disk.
public final class CheckpointFolder {
  /// The folder.
  public let path: String
  /// How many are kept beside the best one.
  public static let kept = 2
  private static let ending = ".checkpoint"
  private static let bestName = "best" + ending
  private var hasSaved = false
  /// Where the state that was saved last stands.
  public private(set) var lastSaved: (path: String, epoch: Int, step: Int)?

  /// The folder at `path`, which is made when the first checkpoint is saved.
  public init(path: String) { self.path = path }

  /// The folder for the checkpoints of a model that is to be written to `model`: `x.checkpoints`
  /// beside `x.docket`.
  public convenience init(forModel model: String) {
    let ending = ".docket"
    let stem = model.hasSuffix(ending) ? String(model.dropLast(ending.count)) : model
    self.init(path: stem + ".checkpoints")
  }

  /// The numbers of the checkpoints that are there, newest first.
  public var numbers: [Int] {
    guard Folder.exists(path), let names = try? Folder.names(in: path) else { return [] }
    return names.compactMap { name in
      name.hasSuffix(Self.ending) ? Int(name.dropLast(Self.ending.count)) : nil
    }.sorted(by: >)
  }

  /// The path of checkpoint `number`.
  public func file(_ number: Int) -> String {
    let digits = String(number)
    return path + "/" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
      + Self.ending
  }

  /// Saves a state, then deletes what is not kept any more.
  ///
  /// - Throws: `FileError`, `ModelError`.
  public func save(_ state: TrainingState, _ identity: TrainingIdentity) throws {
    let pieces = try CheckpointArchive.pieces(state, identity)
    try Folder.make(path)
    // What an earlier training left would pass for newer than what this one writes.
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

  /// The newest state that can be read, or `nil` when there is no checkpoint; the next one is
  /// numbered after it.
  ///
  /// - Parameters:
  ///   - identity: what the training learns from now.
  ///   - note: is told of checkpoints that cannot be read.
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

  /// Reads checkpoint `number` and leaves it at that.
  ///
  /// - Throws: what is wrong with it.
  public func verify(_ number: Int) throws { _ = try CheckpointArchive.read(file(number)) }

  /// Deletes all checkpoints, and the folder if nothing else is in it.
  public func remove() {
    removeFiles()
    Folder.deleteEmpty(path)
  }

  private func removeFiles() {
    for name in (try? Folder.names(in: path)) ?? []
    where name.hasSuffix(Self.ending) || name.contains(Self.ending + ".tmp-") {
      Folder.delete(path + "/" + name)
    }
  }

  /// Gives the checkpoint a second name; where the file system has no such thing, writes it twice.
  private func keepAsBest(_ checkpoint: String, _ pieces: [[UInt8]]) throws {
    let best = path + "/" + Self.bestName
    if Folder.link(checkpoint, as: best) { return }
    let file = try AtomicFile(path: best)
    for piece in pieces { try file.write(piece) }
    try file.commit()
  }
}
