import FileAccess
import Models
import Platform

/// The files that a subcommand writes, checked and locked before the work starts.
struct OutputFiles {
  /// The paths that are replaced: those that existed when the outputs were checked.
  let replaced: [String]
  private let locks: [OutputLock]

  /// Checks that none of `paths` is one of the inputs or in a folder of documents, locks the
  /// outputs, and then checks that each path can be written.
  ///
  /// - Parameters:
  ///   - folder: the folder of results, which is created if it is missing.
  ///   - locked: the paths to lock, with the names of the outputs for messages. Two commands that
  ///     must not run at the same time lock the same path.
  ///   - inputs: files, and folders of documents; "-" for standard input.
  /// - Throws: `FileError` with `cannotCreate` or `inUse`.
  private init(
    _ paths: [String], in folder: String? = nil, locked: [(path: String, name: String)],
    inputs: [String]
  ) throws {
    let inputs = Inputs(inputs)
    for path in paths { try inputs.check(path) }
    try inputs.checkStreams()
    if let folder { try Folder.make(folder) } else { try paths.forEach(Self.checkFolder) }
    replaced = paths.filter(Self.exists)
    // Lock before testing that the files can be written, because another process may be writing
    // them.
    locks = try locked.map { try OutputLock(for: $0.path, name: $0.name) }
    for path in paths { try AtomicFile(path: path).abandon() }
  }

  /// Creates the output for a subcommand that writes one file.
  init(_ path: String, inputs: [String]) throws {
    try self.init([path], locked: [(try AtomicFile.target(of: path), path)], inputs: inputs)
  }

  /// Creates the output for a model at `path`, with its checkpoints.
  init(model path: String, inputs: [String]) throws {
    let stem = try CheckpointFolder.stem(ofModel: path)
    try Self.checkCheckpoints(of: path, inputs: inputs)
    try self.init([path], locked: [(stem, path)], inputs: inputs)
  }

  /// Creates the outputs for files in a folder, one of which may be a model with its checkpoints.
  init(_ names: [String], in folder: String, model: String? = nil, inputs: [String]) throws {
    let path = model.map { "\(folder)/\($0)" }
    var locked = [("\(folder)/report", folder)]
    if let path {
      try Self.checkCheckpoints(of: path, inputs: inputs)
      locked.append((try CheckpointFolder.stem(ofModel: path), path))
    }
    try self.init(
      names.map { "\(folder)/\($0)" }, in: folder, locked: locked, inputs: inputs)
  }

  /// A sentence about the results of an earlier command in the same folder that were replaced;
  /// `nil` if there were none.
  var replacementNote: String? {
    guard let first = replaced.first else { return nil }
    let names = replaced.map { Folder.split($0).name }.joined(separator: ", ")
    return "replaced the earlier \(names) in \(Folder.split(first).folder)"
  }

  /// Checks that the folder of a file exists. A misspelt folder would otherwise be created.
  private static func checkFolder(of path: String) throws {
    let folder = Folder.split(try AtomicFile.target(of: path)).folder
    guard !exists(folder) else { return }
    let reason =
      "there is no folder \(QuotedText.quote(folder)); create it, or choose another output"
    throw FileError(.cannotCreate(reason), in: path)
  }

  /// Releases the locks.
  func release() { for lock in locks { lock.release() } }

  /// Checks that neither standard output nor standard error is one of the inputs, or would be read
  /// as a document because it is in a folder of documents. A file that is read from standard input
  /// and written to standard output would grow forever.
  ///
  /// - Throws: `FileError` with `cannotCreate`.
  static func checkStreams(inputs: [String]) throws { try Inputs(inputs).checkStreams() }

  /// Returns whether `path` exists.
  static func exists(_ path: String) -> Bool { FileIdentity(of: path) != nil }

  /// Checks that the checkpoints of a model are not written into a folder of documents.
  private static func checkCheckpoints(of model: String, inputs: [String]) throws {
    try Inputs(inputs).check(try CheckpointFolder(forModel: model).file(1))
  }

  /// The inputs of a subcommand.
  private struct Inputs {
    static let reason = "the output is also an input; choose another output"
    static let streams: [(descriptor: Int32, name: String)] = [
      (STDOUT_FILENO, "standard output"), (STDERR_FILENO, "standard error"),
    ]
    private var files: Set<FileIdentity> = []
    private var folders: [FileIdentity: String] = [:]

    init(_ paths: [String]) {
      for path in paths {
        if path == "-", let file = FileIdentity(ofFile: STDIN_FILENO) { files.insert(file) }
        guard let identity = FileIdentity(of: path) else { continue }
        if Folder.exists(path) { folders[identity] = path } else { files.insert(identity) }
      }
    }

    func check(_ path: String) throws {
      if let file = FileIdentity(of: path), files.contains(file) {
        throw FileError(.cannotCreate(Self.reason), in: path)
      }
      try checkFolders(of: path, name: path)
    }

    func checkStreams() throws {
      for stream in Self.streams {
        guard let file = FileIdentity(ofFile: stream.descriptor) else { continue }
        if files.contains(file) { throw FileError(.cannotCreate(Self.reason), in: stream.name) }
        if let path = FileIdentity.path(of: stream.descriptor) {
          try checkFolders(of: path, name: stream.name)
        }
      }
    }

    private func checkFolders(of path: String, name: String) throws {
      guard !folders.isEmpty else { return }
      for folder in FileIdentity.folders(containing: path) {
        guard let input = folders[folder] else { continue }
        let reason =
          "it is inside \(QuotedText.quote(input)), whose files are read as documents; choose "
          + "an output outside it"
        throw FileError(.cannotCreate(reason), in: name)
      }
    }
  }
}
