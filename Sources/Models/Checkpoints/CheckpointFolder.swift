import FileAccess
public import PipelineCore

/// The folder with the checkpoints of one training run: the last two, and the one from the best
/// epoch so far as `best.checkpoint`.
///
/// Checkpoints are numbered in the order in which they are written. Each is one file that is
/// written atomically, and an older one is deleted only after newer ones are on disk. Other files
/// in the folder are not touched: only files with the name and the contents of a checkpoint are
/// deleted. If the folder is reached through a symbolic link, only checkpoints of this training run
/// are deleted.
public final class CheckpointFolder {
  /// The path of the folder.
  public let path: String
  /// The number of checkpoints to keep besides the best one.
  private static let kept = 2
  private static let suffix = ".checkpoint"
  private static let bestName = "best" + suffix
  /// The maximum number of a checkpoint.
  private static let numberLimit = 1_000_000_000
  /// The identity of the training run that has saved a checkpoint here or resumed from one.
  private var training: TrainingIdentity?
  /// The checkpoint that was saved last.
  public private(set) var lastSaved: (path: String, epoch: Int, step: Int)?

  /// Creates a reference to the folder at `path`. The folder itself is created when the first
  /// checkpoint is saved.
  public init(path: String) { self.path = path }

  /// Creates a reference to the folder for the checkpoints of the model at `model`: `x.checkpoints`
  /// next to `x.docket`.
  ///
  /// - Throws: `FileError` if the model cannot be written there.
  public convenience init(forModel model: String) throws {
    self.init(path: try Self.stem(ofModel: model) + ".checkpoints")
  }

  /// Returns the path of a model, without its extension, after following symbolic links. Models
  /// with the same stem share a folder of checkpoints, so only one of them may be trained at a
  /// time. The caller must lock the stem.
  ///
  /// - Throws: `FileError` if the model cannot be written there.
  public static func stem(ofModel model: String) throws -> String {
    let (suffix, target) = (".docket", try AtomicFile.target(of: model))
    return target.hasSuffix(suffix) ? String(target.dropLast(suffix.count)) : target
  }

  /// The numbers of the existing checkpoints, newest first.
  ///
  /// - Throws: `FileError` if the folder exists and cannot be listed.
  public var numbers: [Int] {
    get throws {
      guard try Folder.isFolder(path) else { return [] }
      return try Folder.names(in: path).compactMap(number(ofName:)).sorted(by: >)
    }
  }

  /// Returns the path of checkpoint `number`.
  public func file(_ number: Int) -> String { path + "/" + name(number) }

  private func name(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + Self.suffix
  }

  /// Returns the number of the checkpoint with this name; `nil` if it is not the name of a
  /// checkpoint.
  private func number(ofName name: String) -> Int? {
    guard name.hasSuffix(Self.suffix), let number = Int(name.dropLast(Self.suffix.count)),
      (1...Self.numberLimit).contains(number), self.name(number) == name
    else { return nil }
    return number
  }

  /// Saves a state, then deletes the checkpoints that are no longer needed.
  ///
  /// - Throws: `FileError`, `ModelError`.
  public func save(_ state: TrainingState, _ identity: TrainingIdentity) throws {
    let pieces = try CheckpointArchive.pieces(state, identity)
    try Folder.make(path)
    let before = try numbers
    let number = (before.first ?? 0) + 1
    guard number <= Self.numberLimit else {
      let reason = "its number is over the limit; delete the checkpoint with the largest number"
      throw FileError(.cannotCreate(reason), in: file(number))
    }
    let file = try AtomicFile(path: file(number))
    for piece in pieces { try file.write(piece) }
    try file.commit()
    lastSaved = (file.path, state.epoch, state.step)
    let isFirst = training == nil
    training = identity
    if state.isBest {
      try keepAsBest(file.path, pieces)
    } else if isFirst {
      delete(path + "/" + Self.bestName)
    }
    Failpoint.reach("prune")
    // Checkpoints of an earlier training run are useless once this run has its own.
    for old in isFirst ? before[...] : before.dropFirst(Self.kept - 1) {
      delete(self.file(old))
      Failpoint.reach("pruned")
    }
  }

  /// Returns the newest state that can be read; `nil` if there is no checkpoint.
  ///
  /// - Parameters:
  ///   - identity: the identity of the current training run.
  ///   - note: receives a warning about each checkpoint that cannot be read.
  /// - Throws: `CheckpointError`; `FileError` if the folder cannot be listed, or if reading fails
  ///   and no other checkpoint can be read.
  public func newest(
    for identity: TrainingIdentity, note: (String) -> Void = { _ in }
  ) throws -> TrainingState? {
    var reasons: [String] = []
    var failure: FileError?
    for number in try numbers {
      let name = file(number)
      do {
        let (state, written) = try CheckpointArchive.read(name)
        let differences = written.differences(to: identity)
        guard differences.isEmpty else {
          throw CheckpointError(.otherTraining(differences), at: .file(name))
        }
        for reason in reasons { note("warning: " + reason) }
        training = identity
        return state
      } catch let error as CheckpointError {
        throw error
      } catch let error as any DiagnosableError {
        reasons.append(error.description)
        // A file that cannot be read may be intact.
        if let error = error as? FileError, error.category != .badInput { failure = error }
      }
    }
    if let failure { throw failure }
    guard reasons.isEmpty else { throw CheckpointError(.allDamaged(reasons), at: .file(path)) }
    return nil
  }

  /// Checks that checkpoint `number` can be read.
  ///
  /// - Throws: `ModelError`, `FileError`.
  public func verify(_ number: Int) throws { _ = try CheckpointArchive.read(file(number)) }

  /// Deletes all checkpoints if this training run has saved one or resumed from one, and the folder
  /// if it is then empty.
  public func remove() {
    guard training != nil else { return }
    func isCheckpoint(_ name: String) -> Bool {
      number(ofName: name) != nil || name == Self.bestName
    }
    for name in (try? Folder.names(in: path)) ?? [] where isCheckpoint(name) {
      delete(path + "/" + name)
    }
    Folder.deleteStaleTemporaries(in: path, isCheckpoint)
    Folder.deleteEmpty(path)
  }

  /// Deletes a file if it is a checkpoint. If the folder is reached through a symbolic link, only
  /// checkpoints of this training run are deleted.
  private func delete(_ file: String) {
    guard !Folder.isLink(file), let identity = CheckpointArchive.identity(of: file),
      identity == training || !Folder.isLink(path)
    else { return }
    Folder.delete(file)
  }

  /// Gives the checkpoint a second name with a hard link, or copies it if the file system does not
  /// support links.
  private func keepAsBest(_ checkpoint: String, _ pieces: [[UInt8]]) throws {
    let best = path + "/" + Self.bestName
    if Folder.link(checkpoint, as: best) { return }
    let file = try AtomicFile(path: best)
    for piece in pieces { try file.write(piece) }
    try file.commit()
  }
}

/// The reason why training cannot resume from a checkpoint, with the path of the checkpoint or of
/// its folder.
public typealias CheckpointError = LocatedError<CheckpointFact>

/// Why training cannot resume from a checkpoint.
public enum CheckpointFact: DiagnosableFact {
  /// The checkpoint belongs to a different training run; the value lists the differences, one
  /// clause each.
  case otherTraining([String])
  /// No checkpoint can be read; the value holds the reason for each.
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
      "the checkpoint is from a different training run: " + differences.joined(separator: "; ")
        + "; restore the old settings, or omit --resume to start from the beginning"
    case .allDamaged(let reasons):
      "cannot read any checkpoint (\(reasons.joined(separator: "; "))); nothing was deleted"
        + "; omit --resume to start from the beginning"
    case .unfit(let what):
      "the checkpoint does not fit the network: \(what); omit --resume to start from the beginning"
    }
  }
}
