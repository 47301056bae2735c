import ArgumentParser

/// `docket vectors`: files of word vectors.
struct VectorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vectors", abstract: "Look into, convert and learn word vectors.",
    subcommands: [
      VectorsInfoCommand.self, VectorsConvertCommand.self, VectorsTrainCommand.self,
    ])
}
