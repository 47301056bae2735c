import FileAccess
import PipelineCore
import Platform

/// A command line whose files have been found.
struct LocatedCommand {
  /// The program.
  let path: String
  /// The arguments that the program receives, starting with its own path.
  let arguments: [String]
  /// The index and the path of each argument that names a file, the program first.
  let files: [(argument: Int, path: String)]

  /// Finds the files of a command.
  ///
  /// A program without a slash in its name is looked up in PATH; a program with a slash is relative
  /// to the pipeline file. An argument names a file if it does not begin with `-` and there is a
  /// regular file with this name, relative to the pipeline file. For a model, the files are
  /// searched for at the recorded paths and then in the folder of the model.
  ///
  /// - Throws: `ProgramFact` if the program or a file of the model is missing.
  init(
    _ command: ProgramCommand, recorded: (files: [ProgramFile], folder: String)?
  ) throws(ProgramFact) {
    var arguments: [String] = []
    var files: [(argument: Int, path: String)] = []
    for (number, argument) in command.arguments.enumerated() {
      let name = argument.written
      let isPath = name.utf8.contains(UInt8(ascii: "/"))
      let candidates: [String]
      if number == 0 && !isPath {
        candidates = Self.searchPaths.map { "\($0)/\(name)" }.filter { access($0, X_OK) == 0 }
      } else if let recorded {
        let file = recorded.files.first { $0.argument == number }
        candidates = file.map { [$0.path, Self.join(recorded.folder, name)] } ?? []
      } else {
        candidates = name.utf8.first == UInt8(ascii: "-") ? [] : [argument.resolved]
      }
      let found = candidates.first(where: Self.isFile)
      if let found {
        files.append((number, found))
      } else if number == 0 {
        throw .missing(isPath: isPath)
      } else if !candidates.isEmpty && recorded != nil {
        throw .fileMissing(name)
      }
      arguments.append(found ?? name)
    }
    guard let program = arguments.first else { throw .missing(isPath: false) }
    path = program
    self.arguments = arguments
    self.files = files
  }

  /// The folders of PATH.
  private static var searchPaths: [String] {
    guard let value = getenv("PATH") else { return ["/usr/bin", "/bin"] }
    return String(cString: value).split(separator: ":", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "." : String($0) }
  }

  private static func isFile(_ path: String) -> Bool {
    SystemCall.status(of: path).map { SystemCall.irregularKind($0.st_mode) == nil } ?? false
  }

  private static func join(_ folder: String, _ name: String) -> String {
    name.utf8.first == UInt8(ascii: "/") || folder == "." ? name : "\(folder)/\(name)"
  }
}
