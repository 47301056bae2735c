import FileAccess
import PipelineCore

/// What a training learns from and how: two trainings with the same identity give the same model.
public struct TrainingIdentity: Sendable, Equatable {
  /// The pipeline with all defaults spelled out.
  public var pipeline: String
  /// The SHA-256 of the documents to learn from.
  public var corpus: String
  /// The SHA-256 of the validation documents, if they are a corpus of their own.
  public var validation: String
  /// The SHA-256 of the starting vectors with their words.
  public var vectors: String
  /// The SHA-256 of the weights to start from; empty when they are random.
  public var start = ""
  /// The program and its version.
  public var producer: String

  /// Of this program, with these hashes.
  public init(pipeline: String, corpus: String, validation: String, vectors: String) {
    self.pipeline = pipeline
    self.corpus = corpus
    self.validation = validation
    self.vectors = vectors
    producer = "docket \(DocketVersion.current)"
  }

  /// Its parts by the names that a checkpoint has for them.
  static var parts: [(key: String, path: WritableKeyPath<TrainingIdentity, String>)] {
    [
      ("pipeline", \.pipeline), ("corpus_sha256", \.corpus),
      ("validation_sha256", \.validation), ("vectors_sha256", \.vectors),
      ("weights_sha256", \.start), ("producer", \.producer),
    ]
  }

  /// What is another in `other`, each in a few words; empty when both are the same.
  public func differences(to other: TrainingIdentity) -> [String] {
    var found = settings(otherThanIn: other)
    if corpus != other.corpus { found.append("the training corpus is another") }
    if validation != other.validation { found.append("the validation corpus is another") }
    if start != other.start { found.append("the weights to start from are others") }
    // Other documents have other words: their vectors differ in any case.
    if vectors != other.vectors, corpus == other.corpus, found.isEmpty {
      found.append("the word vectors are others")
    }
    if producer != other.producer { found.append("it was written by \(producer)") }
    return found
  }

  /// The settings that differ: `training.batch was 64 and is 32 now`.
  private func settings(otherThanIn other: TrainingIdentity) -> [String] {
    guard pipeline != other.pipeline else { return [] }
    let (before, now) = (Self.settings(of: pipeline), Self.settings(of: other.pipeline))
    let added = now.map(\.key).filter { key in !before.contains { $0.key == key } }
    return (before.map(\.key) + added).compactMap { key in
      let old = before.first { $0.key == key }?.value ?? "not there"
      let new = now.first { $0.key == key }?.value ?? "not there"
      return old == new ? nil : "\(key) was \(old) and is \(new) now"
    }
  }

  /// The settings in a pipeline's resolved text, which has a section or a setting in each line.
  private static func settings(of text: String) -> [(key: String, value: String)] {
    var section = ""
    var item = -1
    return text.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: ":", maxSplits: 1).map { $0.drop { " -".contains($0) } }
      guard let key = parts.first else { return nil }
      let value = parts.count > 1 ? String(parts[1]) : ""
      guard line.hasPrefix(" ") else {
        (section, item) = (String(key), -1)
        return value.isEmpty ? nil : (section, value)
      }
      if line.hasPrefix("  -") { item += 1 }
      return ("\(section)\(item < 0 ? "" : ".\(item)").\(key)", value)
    }
  }
}

extension EmbeddingTable {
  /// The SHA-256 of words and vectors.
  package var sha256: String {
    let digest = SHA256Digest()
    digest.update(vocabulary.storage)
    vocabulary.offsets.withUnsafeBytes { digest.update($0) }
    values.withUnsafeBytes { digest.update($0) }
    digest.update([isTrainable ? 1 : 0])
    return digest.hexadecimal()
  }
}
