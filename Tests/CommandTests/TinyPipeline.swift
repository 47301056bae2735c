import TestSupport
import FileAccess
import Glibc

/// A corpus of a few lines and a pipeline that is trained on it in a moment.
enum TinyPipeline {
  /// Returns `count` lines `label<TAB>text`.
  static func corpus(_ count: Int, salt: Int = 0) -> String {
    TinyCorpus.documents(count, salt: salt).map { "\($0.label)\t\($0.text)\n" }.joined()
  }

  /// Returns a pipeline for a corpus in the same folder.
  static func text(epochs: Int = 2) -> String {
    """
    # A pipeline for the tests of the command.
    docket: 1
    corpus:
      train: train.tsv
      test: test.tsv
    normalizers:
      - stage: unicode.v1
        fold: true
    tokenizer: words.v1
    embedding:
      stage: random.v1
      dimensions: 8
    classifier:
      stage: bilstm.v1
      hidden: 8
    training:
      epochs: \(epochs)
      patience: 0
      batch: 8
      shard: 4
      learningRate: 0.02

    """
  }

  /// Thirty documents. One of them has a wrong label.
  static let imperfect = corpus(29, salt: 1) + "music\train storm cloud\n"

  /// Returns a folder with `pipeline.yaml`, `train.tsv` and `test.tsv`.
  static func folder(epochs: Int = 2, documents: Int = 90) throws -> TestFolder {
    let folder = TestFolder()
    try folder.file("pipeline.yaml", text(epochs: epochs))
    try folder.file("train.tsv", corpus(documents))
    try folder.file("test.tsv", corpus(30, salt: 1))
    return folder
  }

  /// Returns a folder with `noisy.yaml`, a pipeline with a normalizer that is a shell script.
  ///
  /// - Parameter body: the commands after the greeting.
  static func noisy(_ body: String) throws -> TestFolder {
    let folder = TestFolder()
    let path = try folder.file(
      "noisy.sh",
      """
      #!/bin/sh
      IFS= read -r greeting
      echo '{"protocol":1,"role":"normalizer","name":"noisy"}'
      \(body)
      """)
    chmod(path, 0o755)
    try folder.file(
      "noisy.yaml",
      """
      docket: 1
      normalizers: [{stage: process.v1, command: ./noisy.sh}]
      tokenizer: words.v1
      classifier: ngrams.v1
      """)
    return folder
  }
}

/// A run that all tests share.
enum SharedRun {
  /// The folder with `pipeline.yaml`, `train.tsv`, `test.tsv`, and `run` with the results.
  private static let folder: TestFolder? = {
    atexit { SharedRun.remove() }
    return try? TinyPipeline.folder(epochs: 4)
  }()

  /// The outcome of `docket run`.
  static let outcome: Command.Outcome? = {
    guard let folder else { return nil }
    return try? Command.docket(
      "run", "pipeline.yaml", "--output", "run", "--progress", "json", folder: folder.path)
  }()

  /// The path of the folder.
  static var path: String { folder?.path ?? "/nonexistent" }

  /// The path of the model, which is trained at the first use.
  static var model: String {
    _ = outcome
    return path + "/run/model.docket"
  }

  private static func remove() { if let folder { TestFolder.remove(folder.path) } }
}
