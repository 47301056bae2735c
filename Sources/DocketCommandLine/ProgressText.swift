import Docket
import FileAccess
import Messages
import Platform

/// A summary of a stream of documents.
struct DocumentSummary {
  /// The number of documents.
  var documents: Int
  /// The number of documents that could not be used, by the code of the error.
  var errors: [String: Int]
  /// The number of documents with a warning, by its code.
  var warnings: [String: Int]
  /// The number of documents whose label is `unknown` because no label is sure enough.
  var rejected: Int
  /// The time, in seconds, of reading the documents, processing them and writing the records.
  var seconds: Double

  /// The number of documents that could not be used.
  var failed: Int { errors.values.reduce(0, +) }
}

/// The lines and the JSON objects that describe progress.
enum ProgressText {
  /// Returns the character that the spinner shows in a frame.
  static func spinner(_ frame: Int) -> Character { ["|", "/", "-", "\\"][frame % 4] }

  /// Cuts text to the width of the terminal, because a line that wraps cannot be replaced.
  static func fitted(_ text: String) -> String {
    var size = winsize()
    let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return DisplayWidth.cut(text, to: (isKnown ? Int(size.ws_col) : 80) - 1)
  }

  /// Returns the progress line for an event; `nil` for an event that does not change it.
  ///
  /// - Parameter seconds: the time since the phase began.
  static func bar(_ event: TrainingEvent, seconds: Double) -> String? {
    switch event {
    case .phase(let phase): line(phase, seconds: seconds)
    case .step(let step): bar(step, prefix: "")
    case .vectors(let step): bar(step, prefix: "vectors, ")
    case .rate: "searching for a learning rate  \(clock(seconds))"
    case .epoch, .rollback, .part, .note: nil
    }
  }

  private static func bar(_ step: StepRecord, prefix: String) -> String {
    let share = Double(step.tokens) / Double(max(step.tokensPerEpoch, 1))
    let speed = Double(step.tokens) / max(step.seconds, 1e-9)
    let tokensLeft =
      Double(step.tokensPerEpoch) * Double(step.epochs - step.epoch) + Double(step.tokensPerEpoch)
      - Double(step.tokens)
    return "\(prefix)epoch \(step.epoch)/\(step.epochs) \(bar(share)) "
      + "loss \(NumberFormat.decimal(step.loss, 3))  \(NumberFormat.whole(speed)) tokens/s  "
      + "\(clock(tokensLeft / max(speed, 1))) left"
  }

  private static func bar(_ share: Double, width: Int = 24) -> String {
    let full = min(max(NumberFormat.whole((share * Double(width)).rounded()), 0), width)
    return "[" + String(repeating: "#", count: full)
      + String(repeating: ".", count: width - full) + "]"
  }

  /// Returns a time as minutes and seconds.
  private static func clock(_ seconds: Double) -> String {
    let whole = NumberFormat.whole(seconds.rounded())
    return "\(whole / 60):\(whole % 60 < 10 ? "0" : "")\(whole % 60)"
  }

  // MARK: - Phases

  /// Describes a phase and its progress.
  ///
  /// - Parameter seconds: the time since the phase began.
  static func line(_ phase: PhaseRecord, seconds: Double) -> String {
    var text = name(phase.phase)
    if !phase.detail.isEmpty { text += ", " + QuotedText.escaped(phase.detail) }
    if let documents = phase.documents {
      let speed = NumberFormat.whole(Double(documents) / max(seconds, 1e-3))
      text +=
        "  \(NumberFormat.integer(documents)) documents, "
        + "\(NumberFormat.integer(speed)) documents/s  \(clock(seconds))"
      guard let share = phase.share, share > 0.02, seconds > 1 else { return text }
      return text + ", \(clock(seconds / share * (1 - share))) left"
    }
    guard let share = phase.share else { return text + "  \(clock(seconds))" }
    text += " \(bar(share, width: 16)) \(clock(seconds))"
    // An estimate based on very little work would be misleading.
    guard share > 0.02, seconds > 1 else { return text }
    return text + ", \(clock(seconds / share * (1 - share))) left"
  }

  private static func name(_ phase: PhaseRecord.Phase) -> String {
    switch phase {
    case .reading: "reading documents"
    case .language: "detecting the language"
    case .tokenizing: "tokenizing documents"
    case .vectors: "reading word vectors"
    case .counting: "counting n-grams"
    case .linear: "linear classifier"
    case .validating: "validating"
    case .classifying: "classifying"
    case .evaluating: "evaluating"
    case .measuring: "measuring text preparation"
    case .estimating: "estimating the time of a run"
    case .comparing: "comparing documents"
    case .learningCurve: "learning curve"
    case .tuning: "trial"
    case .crossValidation: "cross-validation"
    case .writing: "writing"
    }
  }

  static func json(_ phase: PhaseRecord, seconds: Double) -> String {
    var members = [
      JSONMember("event", .string("phase")), JSONMember("phase", .string(phase.phase.rawValue)),
      JSONMember("detail", .string(phase.detail)),
      JSONMember("share", phase.share.map { .decimal(rounded($0)) } ?? .null),
      JSONMember("seconds", .decimal(rounded(seconds))),
    ]
    if let documents = phase.documents {
      members.append(JSONMember("documents", .integer(documents)))
    }
    return JSONValue.object(members).text()
  }

  /// Rounds to three decimals.
  private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

  static func json(note: String, code: String? = nil) -> String {
    let code = code.map { [JSONMember("code", .string($0))] } ?? []
    return JSONValue.object(
      [JSONMember("event", .string("note"))] + code + [JSONMember("text", .string(note))]
    ).text()
  }

  static func json(error: String, code: String?, exitCode: Int32) -> String {
    JSONValue.members([
      "event": .string("error"), "code": code.map(JSONValue.string) ?? .null,
      "exitCode": .integer(Int(exitCode)), "text": .string(error),
    ]).text()
  }

  static func json(_ summary: DocumentSummary) -> String {
    func counts(_ numbers: [String: Int]) -> JSONValue {
      .object(
        numbers.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
          .map { JSONMember($0.key, .integer($0.value)) })
    }
    let speed = Double(summary.documents) / max(summary.seconds, 1e-9)
    return JSONValue.members([
      "event": .string("summary"), "documents": .integer(summary.documents),
      "failed": .integer(summary.failed),
      "errors": counts(summary.errors), "warnings": counts(summary.warnings),
      "rejected": .integer(summary.rejected),
      "seconds": .decimal(rounded(summary.seconds)),
      "documentsPerSecond": .integer(NumberFormat.whole(speed)),
    ]).text()
  }

  // MARK: - Epochs

  static func json(_ divergence: Divergence) -> String {
    JSONValue.members([
      "event": .string("retreat"), "epoch": .integer(divergence.epoch),
      "step": .integer(divergence.step), "rateScale": .decimal(divergence.rateScale / 2),
    ]).text()
  }

  static func json(_ part: PartRecord) -> String {
    JSONValue.members([
      "event": .string("part"), "name": .string(part.name),
      "validationLoss": .decimal(part.validationLoss),
      "validationAccuracy": .decimal(part.validationAccuracy),
    ]).text()
  }

  static func json(_ record: StepRecord) -> String {
    JSONValue.members([
      "event": .string("vectors"), "epoch": .integer(record.epoch), "loss": .decimal(record.loss),
      "seconds": .decimal(record.seconds), "tokens": .integer(record.tokens),
      "tokensPerSecond": .integer(
        NumberFormat.whole(Double(record.tokens) / max(record.seconds, 1e-9))),
    ]).text()
  }

  static func line(_ record: StepRecord) -> String {
    let speed = NumberFormat.whole(Double(record.tokens) / max(record.seconds, 1e-9))
    return "vectors, epoch \(record.epoch)/\(record.epochs)  "
      + "loss \(NumberFormat.decimal(record.loss, 3))  \(speed) tokens/s  "
      + "\(NumberFormat.decimal(record.seconds, 3)) s"
  }

  static func line(_ epoch: EpochRecord, epochs: Int) -> String {
    var parts = [
      "epoch \(epoch.epoch)/\(max(epochs, epoch.epoch))",
      "loss \(NumberFormat.decimal(epoch.loss, 3))",
    ]
    if let loss = epoch.validationLoss {
      parts.append("validation loss \(NumberFormat.decimal(loss, 3))")
    }
    if let accuracy = epoch.validationAccuracy {
      parts.append("accuracy \(NumberFormat.decimal(accuracy, 3))")
    }
    if let macroF1 = epoch.validationMacroF1 {
      parts.append("macro F1 \(NumberFormat.decimal(macroF1, 3))")
    }
    parts.append("\(NumberFormat.whole(epoch.tokensPerSecond)) tokens/s")
    parts.append("\(NumberFormat.decimal(epoch.seconds, 3)) s")
    return parts.joined(separator: "  ")
  }

  static func json(_ epoch: EpochRecord) -> String {
    let members = JSONValue.members([
      "event": .string("epoch"), "epoch": .integer(epoch.epoch), "loss": .decimal(epoch.loss),
      "validationLoss": epoch.validationLoss.map { .decimal($0) } ?? .null,
      "validationAccuracy": epoch.validationAccuracy.map { .decimal($0) } ?? .null,
      "seconds": .decimal(epoch.seconds), "tokens": .integer(epoch.tokens),
      "tokensPerSecond": .integer(NumberFormat.whole(epoch.tokensPerSecond)),
    ])
    let macroF1 = epoch.validationMacroF1.map { [JSONMember("validationMacroF1", .decimal($0))] }
    return JSONValue.object((members.object ?? []) + (macroF1 ?? [])).text()
  }
}
