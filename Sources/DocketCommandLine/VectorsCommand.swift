import ArgumentParser

/// `docket vectors`: works with files of word vectors.
struct VectorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vectors", abstract: "Inspect, convert and train word vectors.",
    subcommands: [
      VectorsInfoCommand.self, VectorsConvertCommand.self, VectorsTrainCommand.self,
    ])
}
