import Docket
import Foundation
import OwnStages
import Testing

/// Documents of brackets, labelled `yes` if they are balanced, and `no` if one bracket is reversed.
private enum Brackets {
  /// Returns labels and texts.
  ///
  /// - Parameters:
  ///   - pairs: the pairs of brackets in a document.
  ///   - opening: the probability of an opening bracket while any are left; a larger value nests
  ///     deeper.
  static func rows(
    _ count: Int, pairs: ClosedRange<Int>, opening: Float, seed: UInt64
  ) -> [(String, String)] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { number in
      let size = pairs.lowerBound + generator.next(below: pairs.count)
      var (text, depth, opened): ([String], Int, Int) = ([], 0, 0)
      while opened < size || depth > 0 {
        let opens = opened < size && (depth == 0 || generator.uniform() < opening)
        text.append(opens ? "(" : ")")
        depth += opens ? 1 : -1
        opened += opens ? 1 : 0
      }
      guard number % 2 == 1 else { return ("yes", text.joined(separator: " ")) }
      let turned = generator.next(below: text.count)
      text[turned] = text[turned] == "(" ? ")" : "("
      return ("no", text.joined(separator: " "))
    }
  }
}

@Suite("Brackets")
struct BracketTests {
  private static let hidden = 4

  /// Trains on short documents and returns the accuracy on documents that are up to eight times as
  /// long.
  private static func accuracy(cell: String, seed: Int, folder: URL) throws -> Double {
    let pipeline = """
      docket: 1
      corpus: {train: brackets.tsv, format: tsv}
      normalizers: []
      tokenizer: spaces.v1
      embedding: {stage: random.v1, dimensions: 4, minCount: 1, scale: 1}
      classifier:
        stage: recurrent.v1
        cell: \(cell)
        hidden: \(hidden)
        bidirectional: false
        pooling: last
        dropout: 0
        wordDropout: 0
        vectorDropout: 0
        ngrams: 0
      training: {epochs: 40, batch: 16, learningRate: 0.01, patience: 0, seed: \(seed)}
      """
    let file = folder.appendingPathComponent("\(cell)-\(seed).yaml")
    try Data(pipeline.utf8).write(to: file)
    let description = try PipelineDescription(contentsOf: file.path, stages: .own)
    let model = try PipelineTraining(description, threads: 1).run(withBaseline: false).pipeline
    let rows = Brackets.rows(300, pairs: 30...50, opening: 0.75, seed: 2)
    let results = try model.predict(rows.map { Array($0.1.utf8) }, threads: 1).map { try $0.get() }
    let right = zip(rows, results).filter { $0.0 == "\(model.labels[$1.best])" }
    return Double(right.count) / Double(rows.count)
  }

  @Test("On documents longer than in training, a stack finds the unbalanced and an RNN does not")
  func stack() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "brackets-\(ProcessInfo.processInfo.globallyUniqueString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let rows = Brackets.rows(3000, pairs: 1...12, opening: 0.55, seed: 1)
    let text = rows.map { "\($0)\t\($1)\n" }.joined()
    try Data(text.utf8).write(to: folder.appendingPathComponent("brackets.tsv"))
    // Not every random start finds the algorithm, so each cell gets six.
    let seeds = 1...6
    let stack = try seeds.map { try Self.accuracy(cell: "stack", seed: $0, folder: folder) }
    let plain = try seeds.map { try Self.accuracy(cell: "rnn", seed: $0, folder: folder) }
    #expect(stack.max() ?? 0 >= 0.95, "\(stack)")
    #expect(plain.max() ?? 1 < 0.65, "\(plain)")
  }
}
