import FileAccess
public import PipelineCore

/// The settings common to all stages with an external program.
public struct ProcessSettings: StageConfiguration {
  /// The program and its arguments.
  public var command = ProgramCommand()
  /// The time limit for an answer, in seconds.
  public var timeout = 30.0
  /// The time limit for the greeting of a new process, in seconds.
  public var startTimeout = 60.0
  /// Settings for the program.
  public var settings = ConfigurationNode.Value.mapping([])

  /// Creates settings without a program.
  public init() {}

  /// The settings.
  public static var settings: [Setting<Self>] {
    [
      .command(
        "command", \.command,
        "program and arguments; file names among them are relative to the pipeline file"),
      .number("timeout", \.timeout, 0...86_400, open: true, "seconds to wait for an answer"),
      .number(
        "startTimeout", \.startTimeout, 0...86_400, open: true,
        "seconds to wait for a new process to be ready"),
      .mapping("settings", \.settings, "settings to pass to the program"),
    ]
  }

  /// Returns the options for running the program in a role.
  func options(_ role: StageRole) -> Program.Options {
    Program.Options(
      command: command, role: role, settings: JSONValue(settings), seconds: timeout,
      startSeconds: startTimeout)
  }
}

/// A stage that runs its external program through `Program`.
protocol ProcessStage: ProgramStage {
  /// The program with its processes.
  var program: Program { get set }
}

extension ProcessStage {
  /// Returns a copy of the stage with the given permission and no running processes.
  public func with(access: ProgramAccess) -> Self {
    var options = program.options
    options.access = access
    return with(options)
  }

  /// Returns a copy of the stage with the files that a model recorded.
  public func with(recorded files: [ProgramFile], folder: String) -> Self {
    var options = program.options
    options.recorded = (files, folder)
    return with(options)
  }

  func with(_ options: Program.Options) -> Self {
    var stage = self
    stage.program = Program(options)
    return stage
  }

  /// Returns the program and the files that its arguments name, with their SHA-256.
  public func programFiles() throws -> [ProgramFile] { try program.files() }

  /// Returns the path of the first file that differs from what the model recorded.
  public func changedProgramFile() throws -> String? { try program.changedFile() }

  /// Starts a process.
  public func startProgram() throws { try program.start() }

  /// Returns an error from the program as an error for a document.
  func documentError(_ error: ProgramError) -> TextError {
    TextError(stage: Self.stageName, reason: error.sentence, code: error.code)
  }
}
