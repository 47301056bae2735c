/// The permission for stages to run external programs. It is needed because a pipeline file or a
/// model can name any program.
///
/// A registry passes the permission to every stage that is created from it.
public enum ProgramAccess: Sendable, Equatable {
  /// A pipeline or a model that would run a program is refused when it is read. This is the
  /// default.
  case refused
  /// A pipeline or a model can be read and shown, but its programs cannot be run.
  case described
  /// Programs are run. If `changed` is `true`, a model also runs a program that differs from the
  /// one it was trained with.
  case allowed(changed: Bool)
}

/// A file that belongs to an external program, with its SHA-256.
package struct ProgramFile: Sendable, Equatable {
  /// The index of the argument that names the file; 0 is the program.
  package var argument: Int
  /// The path on this machine.
  package var path: String
  /// The SHA-256 of the file as 64 hexadecimal digits.
  package var sha256: String

  /// Creates a file.
  package init(argument: Int, path: String, sha256: String) {
    (self.argument, self.path, self.sha256) = (argument, path, sha256)
  }
}

/// A stage that runs an external program.
package protocol ProgramStage: Stage {
  /// Whether a trained model runs the program. The default is `true`.
  static var runsInModels: Bool { get }
  /// Returns the stage with this permission; a stage without permission cannot run its program.
  func with(access: ProgramAccess) -> Self
  /// Returns the stage with the files that a model recorded.
  ///
  /// - Parameter folder: the folder of the model, which is searched for files that are not at their
  ///   recorded path.
  func with(recorded files: [ProgramFile], folder: String) -> Self
  /// Returns the files of the program: the program itself, and the files that its arguments name.
  /// The files are located and hashed on the first call.
  ///
  /// - Throws: a `DiagnosableError` if the program does not exist or a file cannot be read.
  func programFiles() throws -> [ProgramFile]
  /// Returns the path of the first file that differs from the one that the model recorded; `nil` if
  /// none differs.
  ///
  /// - Throws: a `DiagnosableError` if a file is missing or cannot be read.
  func changedProgramFile() throws -> String?
  /// Starts a process and checks that it speaks the protocol. The process is then used to process
  /// documents.
  ///
  /// - Throws: a `DiagnosableError` if the program cannot be started or does not speak the
  ///   protocol.
  func startProgram() throws
}

extension ProgramStage {
  /// A trained model runs the program.
  package static var runsInModels: Bool { true }
}
