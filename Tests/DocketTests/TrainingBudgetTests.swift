import Docket
import PipelineCore
import PipelineFiles
import TestSupport
import Testing

/// `training.minutes`: what a budget of time reduces. The plan depends on counts only.
@Suite("Training budget")
struct TrainingBudgetTests {
  private let folder = TestFolder()

  /// Trains a small pipeline and returns the pipeline of the model, and the notes.
  private func train(
    _ settings: String...
  ) throws -> (description: PipelineDescription, notes: [String], epochs: Int) {
    let rows = (0..<60).map { number in
      let words = (0..<200).map { "w\((number * 7 + $0 * $0) % 40 + number % 2 * 20)" }
      return "\(["a", "b"][number % 2])\t\(words.joined(separator: " "))\n"
    }
    try folder.file("train.tsv", rows.joined())
    let text = """
      docket: 1
      corpus: {train: train.tsv, validation: 0.2}
      normalizers: [unicode.v1]
      tokenizer: words.v1
      embedding: {stage: random.v1, dimensions: 8, pretrain: {epochs: 12}}
      classifier: {stage: bilstm.v1, hidden: 4}
      training: {epochs: 10, batch: 8, shard: 4, patience: 0}
      """
    let description = try PipelineDescription.parse(
      text, name: "p.yaml", directory: folder.path, overrides: settings, stages: .builtIn,
      requireFiles: true)
    var notes: [String] = []
    let outcome = try PipelineTraining(description, threads: 1, note: { notes.append($0) })
      .run(withBaseline: false)
    return (
      outcome.pipeline.description, notes.filter { $0.hasPrefix("training.minutes") },
      outcome.pipeline.record.history.count
    )
  }

  @Test("Without a budget, and with a large one, nothing changes")
  func large() throws {
    let plain = try train()
    #expect(plain.notes.isEmpty && plain.epochs == 10)
    let large = try train("training.minutes=60")
    #expect(large.epochs == 10)
    #expect(large.notes.first?.hasPrefix("training.minutes: nothing has to be reduced; ") == true)
    #expect(plain.description.limits == large.description.limits)
  }

  @Test("A smaller budget reduces passes and epochs, then the length, then the network is left out")
  func reduced() throws {
    // 48 documents of 200 tokens take 0.035 s on the reference machine, most of it for the linear part.
    let full = try train("training.minutes=60").notes[0]
    var seen: [String] = []
    for minutes in stride(from: 0.0007, to: 0.0001, by: -0.00003) {
      let found = try train("training.minutes=\(minutes)")
      let training = found.description.training
      seen.append(found.notes[0])
      if found.description.embedding == nil {
        #expect(found.notes[0].contains("the linear part alone"))
        #expect(type(of: found.description.classifier).stageName == "ngrams.v1")
      } else {
        #expect(found.epochs == training.epochs && training.epochs >= 1)
        #expect(found.description.limits.tokens >= 64)
      }
      #expect(training.minutes == minutes)
    }
    #expect(Set(seen).count > 3, "\(full) \(seen)")
    #expect(seen.contains { $0.contains("epochs instead of 10") })
    #expect(seen.contains { $0.contains("for vectors instead of 12") })
    #expect(seen.contains { $0.contains("tokens per document instead of 1024") })
    #expect(seen.last?.contains("the linear part alone") == true)
  }

  @Test("A network without a linear part is trained for one epoch at least")
  func withoutLinearPart() throws {
    let found = try train("training.minutes=0.0000001", "classifier.ngrams=0")
    #expect(found.epochs == 1 && found.description.limits.tokens == 64)
    #expect(found.notes[0].contains("1 epoch instead of 10"), "\(found.notes)")
    #expect(found.notes[0].contains("64 tokens per document instead of 1024"))
  }
}
