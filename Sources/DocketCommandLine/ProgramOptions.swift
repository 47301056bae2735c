import ArgumentParser
import PipelineCore

/// The options of the subcommands that may run external programs.
struct ProgramOptions: ParsableArguments {
  @Flag(
    name: .long,
    help: "Run the external programs that the pipeline or the model names (process.v1).")
  var allowExternal = false

  @Flag(
    name: .long,
    help: ArgumentHelp(
      "With --allow-external: run a program even if it has changed since the model was trained."))
  var allowChangedProgram = false

  func validate() throws {
    guard allowExternal || !allowChangedProgram else {
      throw ValidationError("--allow-changed-program requires --allow-external.")
    }
  }

  /// The permission to run programs; if `nil`, the permission of the registry applies.
  var access: ProgramAccess? {
    allowExternal ? .allowed(changed: allowChangedProgram) : nil
  }
}
