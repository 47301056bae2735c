import FileAccess
import PipelineCore

/// Everything that a training run depends on: runs with the same identity produce the same model.
public struct TrainingIdentity: Sendable, Equatable {
  /// The resolved text of the pipeline, with all defaults.
  public var pipeline: String
  /// The SHA-256 of the training corpus.
  public var corpus: String
  /// The SHA-256 of the validation corpus; empty if validation documents are held out.
  public var validation: String
  /// The SHA-256 of the unlabelled documents; empty if there are none or they are not used.
  public var unlabelled = ""
  /// The SHA-256 of the starting vectors and their words.
  public var vectors: String
  /// The SHA-256 of the starting weights; empty if they are random.
  public var weights = ""
  /// The name and version of the program.
  public var producer: String

  /// Creates the identity of a training run with this program.
  public init(pipeline: String, corpus: String, validation: String, vectors: String) {
    self.pipeline = pipeline
    self.corpus = corpus
    self.validation = validation
    self.vectors = vectors
    producer = "docket \(DocketVersion.current)"
  }

  /// The parts, with their metadata keys in a checkpoint.
  static var parts: [(key: String, path: WritableKeyPath<TrainingIdentity, String>)] {
    [
      ("pipeline", \.pipeline), ("corpus_sha256", \.corpus),
      ("validation_sha256", \.validation), ("vectors_sha256", \.vectors),
      ("weights_sha256", \.weights), ("producer", \.producer),
    ]
  }

  /// The parts that are written only if they are not empty.
  static var optionalParts: [(key: String, path: WritableKeyPath<TrainingIdentity, String>)] {
    [("unlabelled_sha256", \.unlabelled)]
  }

  /// Returns the differences from `other`, each as a clause; empty if there are none.
  public func differences(to other: TrainingIdentity) -> [String] {
    var found = settings(otherThanIn: other)
    if corpus != other.corpus { found.append("the training corpus has changed") }
    if validation != other.validation { found.append("the validation corpus has changed") }
    if unlabelled != other.unlabelled { found.append("the unlabelled documents have changed") }
    if weights != other.weights { found.append("the starting weights have changed") }
    // If the corpora differ, the words and vectors always differ too.
    if vectors != other.vectors, corpus == other.corpus, found.isEmpty {
      found.append("the word vectors have changed")
    }
    if producer != other.producer { found.append("it was written by \(producer)") }
    return found
  }

  /// Returns the settings that differ, each as a clause: `training.batch was 64, but is now 32`.
  private func settings(otherThanIn other: TrainingIdentity) -> [String] {
    guard pipeline != other.pipeline else { return [] }
    let (before, now) = (Self.settings(of: pipeline), Self.settings(of: other.pipeline))
    let added = now.map(\.key).filter { key in !before.contains { $0.key == key } }
    return (before.map(\.key) + added).compactMap { key in
      let old = before.first { $0.key == key }?.value ?? "not set"
      let new = now.first { $0.key == key }?.value ?? "not set"
      return old == new ? nil : "\(key) was \(old), but is now \(new)"
    }
  }

  /// Returns the settings in the resolved text of a pipeline, which has one section or setting per
  /// line.
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
  /// The SHA-256 of the words and vectors.
  package var sha256: String {
    let digest = SHA256Digest()
    digest.update(vocabulary.storage)
    vocabulary.offsets.withUnsafeBytes { digest.update($0) }
    values.withUnsafeBytes { digest.update($0) }
    digest.update([isTrainable ? 1 : 0])
    return digest.hexadecimal()
  }
}
