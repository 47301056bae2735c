import Docket
import FileAccess
import Models
import PipelineCore

/// Reads model files. The first byte of the input chooses a model and the rest describes changes to
/// it; if the first byte is 0xFF, the rest is the file itself.
enum ModelTarget {
  private static let documents = [
    "bread and rain", "", "drum\u{301} choir 1 \u{4e2d}\u{6587}", "storm storm storm",
  ].map { Array($0.utf8) }

  static func check(_ input: [UInt8]) throws -> String {
    var rest = FuzzInput(input)
    let choice = rest.byte()
    let original = SmallModels.all[choice % SmallModels.all.count]
    let bytes =
      choice == 0xFF ? Array(rest.rest) : try ModelMutation.apply(rest, to: original.bytes)
    let pipeline: TrainedPipeline
    do {
      pipeline = try ModelArchive.decode(bytes, name: "m.docket", stages: .builtIn)
    } catch let error as any DiagnosableError {
      // The texts in the metadata are not lines of the file, so an error must not have a line.
      if case .line = error.position { throw BrokenPromise(description: "\(error)") }
      if case .byte = error.position { try requirePosition(error.position, inside: bytes) }
      try require(error.category == .badInput, "\(error) blames something else")
      throw error
    }
    let answered = try classify(pipeline)
    let saved = try ModelArchive.encode(pipeline)
    let again = try ModelArchive.decode(saved, name: "again.docket", stages: .builtIn)
    try require(ModelArchive.encode(again) == saved, "saved twice, the model differs")
    try require(classify(again) == answered, "the saved model answers differently")
    return saved == original.bytes ? "the same model" : "classified"
  }

  /// Classifies and explains documents; returns the records.
  private static func classify(_ pipeline: TrainedPipeline) throws -> [String] {
    let results = pipeline.predict(documents, threads: 1)
    for result in results {
      guard let prediction = try? result.get() else { continue }
      let sum = prediction.probabilities.reduce(0, +)
      try require(prediction.probabilities.count == pipeline.labels.count, "a label has no score")
      try require(abs(sum - 1) < 1e-3, "the probabilities sum to \(sum)")
    }
    let explanations = pipeline.explain(documents, threads: 1)
    for (result, explanation) in zip(results, explanations) {
      try require(
        (try? result.get()) == nil || (try? explanation.get()) != nil,
        "an answered document is not explained")
    }
    return results.map { "\($0)" }
  }
}
