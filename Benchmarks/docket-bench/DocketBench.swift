import ArgumentParser
import FileAccess
import PipelineCore

/// Measures the parts that must be fast, and prints one JSON line per measurement.
@main
struct DocketBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "docket-bench", abstract: "Times kernels, training, classifying and tokenizing.",
    subcommands: [
      KernelBench.self, TrainingBench.self, ClassifyingBench.self, TokenizingBench.self,
      VectorsBench.self,
    ])
}

/// Returns the shortest time that `body` takes in several runs, in seconds.
func shortest(of runs: Int, _ body: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  var best = Double.infinity
  for _ in 0..<runs {
    let started = clock.now
    try body()
    best = min(best, (clock.now - started).inSeconds)
  }
  return best
}

/// Prints a JSON line.
func report(_ members: KeyValuePairs<String, JSONValue>) throws {
  let output = CheckedOutput.standardOutput()
  try output.write(JSONValue.members(members).text() + "\n")
  try output.flush()
}

/// Returns a number rounded to three decimals.
func rounded(_ value: Double) -> JSONValue { .decimal((value * 1000).rounded() / 1000) }
