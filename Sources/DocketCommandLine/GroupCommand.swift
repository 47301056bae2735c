import ArgumentParser
public import Docket
import ExternalStages
import FileAccess
import Platform

extension DocketCommand {
  /// Parses the arguments of a process that trains a network together with other processes, runs
  /// the training, and returns once everything is written. An error ends all processes with a
  /// message.
  ///
  /// Every process of the group must call this function with the same arguments.
  ///
  /// - Parameters:
  ///   - group: the processes.
  ///   - stages: the stages that pipeline files and models may name.
  public static func main(group: any ProcessGroup, stages: StageRegistry = .builtIn) {
    CheckedOutput.prepareProcess()
    let arguments = Array(CommandLine.arguments.dropFirst())
    let asEvents = requestsEvents(arguments)
    OutOfMemory.report(asEvent: asEvents)
    if asEvents { ExternalProcesses.reportMessagesAsEvents() }
    group.isInterrupted = { Interruption.isRequested }
    do {
      try refuseLongOptions(arguments)
      try refuseUnknownSubcommands(arguments, of: GroupRootCommand.self)
      try refuseRepeatedOptions(arguments)
      var command = try GroupRootCommand.parseAsRoot()
      guard let training = command as? TrainCommand else { return try command.run() }
      var stages = stages
      if let access = training.programAccess { stages.programAccess = access }
      if case .allowed = stages.programAccess { ExternalProcesses.endOnSignals() }
      try training.run(stages: stages, in: group)
    } catch {
      end(after: error, in: group, asEvents: asEvents)
    }
  }

  /// Prints the message of an error and ends all processes, unless the error is a request for help.
  private static func end(after error: any Error, in group: any ProcessGroup, asEvents: Bool) {
    let root = GroupRootCommand.self
    guard group.rank > 0 else {
      let code = Failure.report(error, asEvents: asEvents, root: root)
      if code != 0 { group.abort(exitCode: code) }
      return
    }
    // Only rank 0 prints help.
    if root.exitCode(for: error) == .success { return }
    // Most errors also occur in rank 0, which then ends this process during this wait.
    for _ in 0..<200 where !Interruption.isRequested { usleep(10_000) }
    // Rank 0 may be saving a checkpoint.
    if Interruption.isRequested { _exit(128 + Interruption.signal) }
    group.abort(
      exitCode: Failure.report(
        error, asEvents: asEvents, root: root, from: "rank \(group.rank): "))
  }
}

/// The name, the help and the subcommands of a command that trains with several processes.
private struct GroupRootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "docket-mpi",
    abstract: "Train a text classifier with several processes.",
    discussion: """
      mpirun -n 4 docket-mpi train pipeline.yaml --output model.docket

      The processes divide the shards of each minibatch. The model is byte-identical to that of \
      "docket train", for any number of processes and threads. Every process reads the same files; \
      the first one writes the model and the checkpoints.
      """,
    version: "docket \(DocketVersion.current)", subcommands: [TrainCommand.self])
}
