import ArgumentParser

/// The options of the verbs that divide the training documents into folds.
struct FoldOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The number of folds; each is classified by a model of the others.", valueName: "k"))
  var folds = 5

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The number of divisions into folds, each with the next seed.", valueName: "n"))
  var repeats = 1

  func validate() throws {
    guard (2...1000).contains(folds) else {
      throw ValidationError("--folds must be between 2 and 1000.")
    }
    guard (1...1000).contains(repeats) else {
      throw ValidationError("--repeats must be between 1 and 1000.")
    }
  }
}
