public import PipelineCore

/// Why a training cannot go on from its checkpoints.
public struct CheckpointError: DiagnosableError, Equatable {
  /// What is wrong.
  public enum Fact: Sendable, Equatable {
    /// They are of another training; what differs.
    case otherTraining([String])
    /// None can be read; the reason of each.
    case allDamaged([String])
    /// The newest that can be read does not fit the network.
    case unfit(String)
  }

  /// What is wrong.
  public var fact: Fact
  /// The checkpoint or the folder.
  public var position: InputPosition?

  /// A fact at a place.
  public init(_ fact: Fact, at position: InputPosition?) {
    self.fact = fact
    self.position = position
  }

  /// A file with something wrong in it.
  public var category: FailureCategory { .badInput }

  /// The stable name of the fact.
  public var code: String {
    switch fact {
    case .otherTraining: "checkpoint-of-another-training"
    case .allDamaged: "checkpoints-damaged"
    case .unfit: "checkpoint-unfit"
    }
  }

  /// The fact as a sentence.
  public var sentence: String {
    switch fact {
    case .otherTraining(let differences):
      "the checkpoint is of another training: " + differences.joined(separator: "; ")
        + "; take that back, or leave --resume out to begin anew"
    case .allDamaged(let reasons):
      "no checkpoint can be read, none was deleted: " + reasons.joined(separator: "; ")
        + "; leave --resume out to begin anew"
    case .unfit(let what):
      "the checkpoint does not fit the network: \(what); leave --resume out to begin anew"
    }
  }
}
