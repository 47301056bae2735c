/// Whether stages may run external programs: a pipeline file or a model can name any program.
///
/// A registry carries the permission to every stage that is created from it.
public enum ProgramAccess: Sendable, Equatable {
  /// A pipeline or a model that would run a program is refused when it is read. This is the default.
  case refused
  /// A pipeline or a model can be read and shown, but its programs cannot be run.
  case described
  /// Programs are run. With `changed`, a model also runs a program that is not the one that it was
  /// trained with.
  case allowed(changed: Bool)
}

/// A file of an external program, with its SHA-256.
package struct ProgramFile: Sendable, Equatable {
  /// The index of the argument that names the file; 0 is the program.
  package var argument: Int
  /// The path, as found on this machine.
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
  /// Returns the stage with a permission; without one, it cannot run its program.
  func with(access: ProgramAccess) -> Self
  /// Returns the stage with the files that a model recorded.
  ///
  /// - Parameter folder: the folder of the model, in which files are looked up that are not at
  ///   their recorded path.
  func with(recorded files: [ProgramFile], folder: String) -> Self
  /// Returns the files of the program: the program itself, and the files that its arguments name.
  /// They are searched and hashed at the first call.
  ///
  /// - Throws: a `DiagnosableError` if the program does not exist or a file cannot be read.
  func programFiles() throws -> [ProgramFile]
  /// Returns the path of the first file that differs from what the model recorded; `nil` if all are
  /// the same.
  ///
  /// - Throws: a `DiagnosableError` if a file is missing or cannot be read.
  func changedProgramFile() throws -> String?
  /// Starts a process and checks that it speaks the protocol. The process is then used for
  /// documents.
  ///
  /// - Throws: a `DiagnosableError`.
  func startProgram() throws
}

extension ProgramStage {
  /// A trained model runs the program.
  package static var runsInModels: Bool { true }
}
