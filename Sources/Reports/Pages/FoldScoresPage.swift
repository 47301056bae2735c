package import FileAccess
import Messages
import PipelineCore

extension FoldScores {
  /// The number of most confused pairs to print.
  private static let pairCount = 10

  private var named: [(name: String, spread: Spread)] {
    [
      ("accuracy", accuracy), ("macroF1", macroF1), ("weightedF1", weightedF1),
      ("logLoss", logLoss), ("expectedCalibrationError", expectedCalibrationError),
    ]
  }

  /// The scores as members of a JSON object.
  package var members: [JSONMember] {
    let runs = folds.map { fold in
      JSONValue.members([
        "repeat": .integer(fold.repetition + 1), "fold": .integer(fold.number + 1),
        "trainingDocuments": .integer(fold.trainingDocuments),
        "documents": .integer(fold.evaluation.documents),
        "accuracy": .decimal(fold.evaluation.accuracy),
        "macroF1": .decimal(fold.evaluation.macroF1),
        "logLoss": fold.evaluation.logLoss.map { .decimal($0) } ?? .null,
      ])
    }
    let classes = classes.map { scores in
      JSONValue.members([
        "label": .string("\(scores.label)"), "support": .integer(scores.support),
        "precision": scores.precision.json, "recall": scores.recall.json, "f1": scores.f1.json,
      ])
    }
    let matrix = labels.indices.map { row in
      JSONValue.array(confusion.row(row).map { .integer($0) })
    }
    let pairs = confusion.confusedPairs.map { pair in
      JSONValue.members([
        "expected": .string("\(labels[pair.expected])"),
        "predicted": .string("\(labels[pair.predicted])"), "count": .integer(pair.count),
      ])
    }
    return named.map { JSONMember($0.name, $0.spread.json) } + [
      JSONMember("labels", .array(classes)),
      JSONMember(
        "confusion", labels.count > ReportJSON.largestMatrix ? .null : .array(matrix)),
      JSONMember("confusedPairs", .array(pairs)), JSONMember("folds", .array(runs)),
    ]
  }

  /// The scores as lines of text.
  package var lines: [String] {
    [summary, classTable, pairs].filter { !$0.isEmpty }.joined(separator: [""]).map { $0 }
  }

  private var summary: [String] {
    var table = TextTable([.left, .right, .left, .right, .right])
    table.add(["", "mean", "std. dev.", "lowest", "highest"])
    let percents = [
      ("accuracy", accuracy), ("macro F1", macroF1), ("weighted F1", weightedF1),
      ("calibration error", expectedCalibrationError),
    ]
    for (name, spread) in percents where !spread.values.isEmpty {
      table.add([name] + spread.cells { NumberFormat.percent($0) })
    }
    if !logLoss.values.isEmpty {
      table.add(["log loss, nats"] + logLoss.cells { NumberFormat.decimal($0, 4) })
    }
    return table.lines
  }

  private var classTable: [String] {
    var table = TextTable([.left, .left, .left, .left, .right])
    table.add(["label", "precision", "recall", "F1", "support"])
    for scores in classes {
      table.add(
        [QuotedText.escaped("\(scores.label)")]
          + [scores.precision, scores.recall, scores.f1].map(\.text)
          + [NumberFormat.integer(scores.support)])
    }
    return table.lines
  }

  private var pairs: [String] {
    let pairs = confusion.confusedPairs.prefix(Self.pairCount)
    guard !pairs.isEmpty else { return [] }
    var table = TextTable([.left, .left, .left, .right])
    for pair in pairs {
      table.add([
        QuotedText.escaped("\(labels[pair.expected])"), "predicted as",
        QuotedText.escaped("\(labels[pair.predicted])"), NumberFormat.integer(pair.count),
      ])
    }
    return ["most confused, over all folds"] + table.lines
  }
}

extension FoldScores.Spread {
  /// Mean and standard deviation as JSON.
  fileprivate var json: JSONValue {
    .members([
      "mean": .decimal(mean),
      "standardDeviation": standardDeviation.map { .decimal($0) } ?? .null,
    ])
  }

  /// Mean and standard deviation with four decimals.
  fileprivate var text: String {
    guard !values.isEmpty else { return "-" }
    let deviation = standardDeviation.map { " ± " + NumberFormat.decimal($0, 4) } ?? ""
    return NumberFormat.decimal(mean, 4) + deviation
  }

  /// The cells of a row: mean, standard deviation, lowest and highest value.
  fileprivate func cells(_ format: (Double) -> String) -> [String] {
    [
      format(mean), standardDeviation.map { "± " + format($0) } ?? "",
      values.min().map(format) ?? "", values.max().map(format) ?? "",
    ]
  }
}
