import Docket
import PipelineCore

/// Checks with a simple pipeline: folded case, words, and random vectors unless others are named.
enum PlainCheck {
  /// Checks the corpora at these paths.
  static func check(
    train: String, test: String?, settings: [String] = [],
    embedding: String = "{stage: random.v1, minCount: 1}",
    threads: Int = 2
  ) throws -> PipelineCheck {
    let text = """
      docket: 1
      corpus:
        train: "\(train)"
        \(test.map { "test: \"\($0)\"" } ?? "format: auto")
      normalizers:
        - unicode.v1
      tokenizer: words.v1
      embedding: \(embedding)
      classifier: bilstm.v1
      """
    let description = try PipelineDescription.parse(
      text, name: "plain.yaml", overrides: settings, stages: .builtIn, requireFiles: true)
    return try PipelineCheck(description, threads: threads)
  }
}
