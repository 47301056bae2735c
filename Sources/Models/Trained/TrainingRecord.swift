import FileAccess
public import Messages
public import PipelineCore

/// How a model was trained, in enough detail to repeat the training run, and its scores.
public struct TrainingRecord: Sendable, Equatable {
  /// The SHA-256 of the training corpus.
  public var corpusFingerprint: String
  /// The SHA-256 of the validation corpus; empty if it was a share of the training corpus.
  public var validationFingerprint: String
  /// The SHA-256 of the unlabelled documents that the vectors were also learned from; empty if
  /// there were none.
  public var unlabelledFingerprint = ""
  /// The SHA-256 of the vector file; empty if there is none.
  public var vectorsFingerprint: String
  /// The SHA-256 of the words and vectors at the start of training.
  public var startFingerprint: String
  /// The SHA-256 of the weights at the start of training; empty if they were random.
  public var weightsFingerprint: String
  /// The corpora of earlier training runs, oldest first; empty unless training continued from an
  /// earlier model.
  package var earlierCorpora: [TrainingCorpus] = []
  /// The software and the kind of processor, with their versions.
  public var versions: [InfoItem]
  /// The number of training documents.
  public var documents: Int
  /// A one-line summary of the word vectors.
  public var embeddingSummary: String
  /// The settings from the command line.
  public var overrides: [String]
  /// The text of the pipeline file.
  public var sourceText: String
  /// The scores of the best epoch and of the test documents, by name, such as `testAccuracy`.
  public var metrics: [String: Double]
  /// The record of each epoch.
  public var history: [EpochRecord]
  /// How calibration changed the probabilities for the validation documents; `nil` without
  /// validation documents, or if the classifier does not calibrate.
  public var calibration: CalibrationRecord?

  /// Creates a record.
  public init(
    corpusFingerprint: String, validationFingerprint: String = "",
    vectorsFingerprint: String = "", startFingerprint: String = "", documents: Int,
    embeddingSummary: String, overrides: [String], sourceText: String,
    metrics: [String: Double] = [:], history: [EpochRecord] = [],
    weightsFingerprint: String = "", versions: [InfoItem] = Provenance.versions
  ) {
    self.corpusFingerprint = corpusFingerprint
    self.validationFingerprint = validationFingerprint
    self.vectorsFingerprint = vectorsFingerprint
    self.startFingerprint = startFingerprint
    self.weightsFingerprint = weightsFingerprint
    self.versions = versions
    self.documents = documents
    self.embeddingSummary = embeddingSummary
    self.overrides = overrides
    self.sourceText = sourceText
    self.metrics = metrics
    self.history = history
  }
}

extension EpochRecord {
  /// The record as members of a JSON object. It does not include the time, so that repeated runs
  /// write the same bytes.
  var members: [JSONMember] {
    [
      JSONMember("epoch", .integer(epoch)), JSONMember("loss", .decimal(loss)),
      JSONMember("validationLoss", validationLoss.map { .decimal($0) } ?? .null),
      JSONMember("validationAccuracy", validationAccuracy.map { .decimal($0) } ?? .null),
      JSONMember("tokens", .integer(tokens)),
    ]
      + (validationMacroF1.map { [JSONMember("validationMacroF1", .decimal($0))] } ?? [])
      + (isKept ? [JSONMember("kept", .bool(true))] : [])
  }

  /// Reads the record from a model or a checkpoint; `nil` if a required member is missing.
  init?(_ json: JSONValue) {
    guard let epoch = json["epoch"]?.integer, let loss = json["loss"]?.double,
      let tokens = json["tokens"]?.integer
    else { return nil }
    self.init(
      epoch: epoch, loss: loss, validationLoss: json["validationLoss"]?.double,
      validationAccuracy: json["validationAccuracy"]?.double,
      seconds: json["seconds"]?.double ?? 0, tokens: tokens)
    isKept = json["kept"]?.bool ?? false
    validationMacroF1 = json["validationMacroF1"]?.double
  }
}

extension ConfidenceCurve {
  /// The curve as a JSON object, for a model file.
  var json: JSONValue {
    .members(["scale": .decimal(Double(scale)), "bend": .decimal(Double(bend))])
  }

  /// Reads the curve from a model file; `nil` if it is not valid.
  init?(_ json: JSONValue) {
    guard let scale = json["scale"]?.double, let bend = json["bend"]?.double else { return nil }
    self.init(scale: Float(scale), bend: Float(bend))
  }
}

extension CalibrationRecord {
  /// The record as a JSON object, for a model file.
  var json: JSONValue {
    func scores(_ scores: Scores) -> JSONValue {
      .members([
        "logLoss": .decimal(scores.logLoss),
        "expectedCalibrationError": .decimal(scores.expectedCalibrationError),
      ])
    }
    return .members([
      "documents": .integer(documents), "temperature": temperature.map { .decimal($0) } ?? .null,
      "scale": scale.map { .decimal($0) } ?? .null, "bend": bend.map { .decimal($0) } ?? .null,
      "before": scores(before), "after": scores(after),
    ])
  }

  /// Reads the record from a model file; `nil` if it is not valid.
  init?(_ json: JSONValue) {
    func scores(_ name: String) -> Scores? {
      guard let loss = json[name]?["logLoss"]?.double,
        let error = json[name]?["expectedCalibrationError"]?.double
      else { return nil }
      return Scores(logLoss: loss, expectedCalibrationError: error)
    }
    guard let documents = json["documents"]?.integer, documents > 0, let before = scores("before"),
      let after = scores("after")
    else { return nil }
    self.init(
      documents: documents, temperature: json["temperature"]?.double, before: before, after: after)
    (scale, bend) = (json["scale"]?.double, json["bend"]?.double)
  }
}
