import FileAccess
import Messages
import PipelineCore
import PipelineFiles

extension ModelSummary {
  /// The maximum number of names or values in a short list.
  private static let shown = 5

  /// The description as text, in sections.
  ///
  /// - Parameter isFull: whether to list all labels, epochs and settings; otherwise the text fits
  ///   on a screen.
  public func text(isFull: Bool = false) -> String {
    var lines = ["\(path): \(NumberFormat.count(size, "byte", "bytes")), SHA-256 \(digest)"]
    lines += Self.section("model", contents(isFull: isFull))
    lines += Self.section("training", training(isFull: isFull))
    lines += Self.section("scores", scores + [("min-confidence", thresholds)])
    lines += Self.section("SHA-256 of the inputs", hashes(isFull: isFull))
    lines += Self.section(
      "SHA-256 of the external programs", programs.map { ($0.path, $0.sha256) })
    if isFull {
      lines += Self.section("epochs", record.history.map { ("\($0.epoch)", Self.scores(of: $0)) })
      lines += ["", "pipeline"]
      lines += pipeline.description.resolvedText.split(separator: "\n").map { "  " + $0 }
    }
    // Text from the model must not send control characters to the terminal.
    return lines.map { QuotedText.escaped($0) + "\n" }.joined()
  }

  private typealias Row = (name: String, value: String)

  /// Returns a heading and its rows with aligned values; nothing if there are no rows.
  private static func section(_ heading: String, _ rows: [Row]) -> [String] {
    let rows = rows.filter { !$0.value.isEmpty }
    guard !rows.isEmpty else { return [] }
    let width = rows.map(\.name.count).max() ?? 0
    return ["", heading]
      + rows.map { name, value in
        "  " + name + String(repeating: " ", count: width - name.count + 2) + value
      }
  }

  /// Returns the first names, and how many were omitted.
  private static func list(_ names: [String], isFull: Bool) -> String {
    let count = isFull ? names.count : min(shown, names.count)
    let rest = names.count - count
    return names.prefix(count).joined(separator: ", ")
      + (rest > 0 ? " and \(NumberFormat.integer(rest)) more" : "")
  }

  private func contents(isFull: Bool) -> [Row] {
    let facts = pipeline.model.facts
    let labels = pipeline.labels.labels.map { QuotedText.quote($0.bytes) }
    let description = pipeline.description
    let normalizers = description.normalizers.map { type(of: $0).stageName }
    let table = pipeline.model.embedding
    return [
      (
        "classifier",
        ([
          "\(pipeline.classifierName), \(NumberFormat.count(facts.weightCount, "weight", "weights"))"
        ] + facts.remarks).joined(separator: "; ")
      ),
      ("precision", pipeline.precision == .float32 ? "" : pipeline.precision.rawValue),
      ("n-grams", facts.ngramCount.map { NumberFormat.integer($0) } ?? ""),
      ("cascade", isFull ? pipeline.cascadeSummary : ""),
      (
        "labels",
        "\(NumberFormat.integer(labels.count)): " + Self.list(labels, isFull: isFull)
      ),
      ("normalizers", normalizers.joined(separator: ", ")),
      ("tokenizer", type(of: description.tokenizer).stageName),
      (
        "embedding",
        ([
          (description.embedding?.parts ?? []).map { type(of: $0).stageName }.joined(
            separator: ", ")
        ]
          + (table.map {
            [
              NumberFormat.count($0.vocabulary.count, "word", "words"),
              "\($0.dimensions) dimensions",
            ]
          } ?? [])).filter { !$0.isEmpty }.joined(separator: ", ")
      ),
      ("", table == nil ? "" : record.embeddingSummary),
    ]
  }

  private func training(isFull: Bool) -> [Row] {
    let history = record.history
    let best = history.first { Double($0.epoch) == record.metrics["bestEpoch"] }
    return [
      ("documents", NumberFormat.integer(record.documents)),
      (
        "earlier corpora",
        Self.list(record.earlierCorpora.map { QuotedText.quote($0.name) }, isFull: isFull)
      ),
      (
        "epochs",
        history.isEmpty
          ? "" : "\(history.count)" + (best.map { ", best \($0.epoch)" } ?? "") + selected
      ),
      ("", best.map(Self.scores) ?? unkeptScores),
      (
        "overrides",
        Self.list(record.overrides.map { QuotedText.quote($0) }, isFull: isFull)
      ),
      ("seed", "\(pipeline.description.training.seed)"),
      ("versions", record.versions.map { "\($0.key) \($0.value)" }.joined(separator: ", ")),
    ]
  }

  /// The scores of a model with the weights of no particular epoch.
  private var unkeptScores: String {
    if let accuracy = record.metrics["validationAccuracy"] {
      return "validation accuracy \(NumberFormat.percent(accuracy))"
    }
    return record.history.last.map(Self.scores) ?? ""
  }

  /// The setting that selected the best epoch; empty for the default.
  private var selected: String {
    pipeline.description.training.select.map { " (select: \($0.rawValue))" } ?? ""
  }

  /// The recorded scores, except those of the best epoch.
  private var scores: [Row] {
    record.metrics.sorted { $0.key < $1.key }
      .filter { $0.key != "bestEpoch" && $0.key != "validationAccuracy" }
      .map { name, value in
        (name, (0...1).contains(value) ? NumberFormat.percent(value) : "\(value)")
      }
  }

  /// The thresholds that `--min-confidence auto` chooses; empty without validation documents.
  private var thresholds: String {
    guard let confidence = pipeline.validationConfidence else { return "" }
    return ValidationConfidence.shownAccuracies.map { accuracy in
      guard let threshold = confidence.threshold(accuracy: accuracy) else {
        return "auto:\(accuracy) none"
      }
      return "auto:\(accuracy) \(NumberFormat.decimal(Double(threshold.confidence), 4)) labels "
        + NumberFormat.percent(threshold.coverage)
    }.joined(separator: ", ")
  }

  private static func scores(of epoch: EpochRecord) -> String {
    var text = "loss \(NumberFormat.decimal(epoch.loss, 4))"
    if let loss = epoch.validationLoss {
      text += ", validation loss \(NumberFormat.decimal(loss, 4))"
    }
    if let accuracy = epoch.validationAccuracy {
      text += ", validation accuracy \(NumberFormat.percent(accuracy))"
    }
    if let macroF1 = epoch.validationMacroF1 {
      text += ", validation macro F1 \(NumberFormat.percent(macroF1))"
    }
    return text
  }

  private func hashes(isFull: Bool) -> [Row] {
    let count = isFull ? record.earlierCorpora.count : Self.shown
    return [("corpus", record.corpusFingerprint)]
      + record.earlierCorpora.prefix(count).map {
        ("earlier corpus \(QuotedText.quote($0.name))", $0.sha256)
      }
      + [
        ("validation", record.validationFingerprint),
        ("unlabelled", record.unlabelledFingerprint), ("vectors", record.vectorsFingerprint),
        ("starting vectors", record.startFingerprint),
        ("starting weights", record.weightsFingerprint),
        ("text preparation", pipeline.description.textFingerprint),
      ]
  }
}
