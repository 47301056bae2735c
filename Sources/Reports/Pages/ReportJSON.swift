package import FileAccess
import PipelineCore
import Messages

/// The report as JSON.
///
/// The members from `documents` to `classifier` are always present; `intervals`, `drift`,
/// `calibration`, `cascade`, `remarks`, `evidence`, `baseline`, `difference`, `history`, `growth`,
/// `learningCurve`, `record`, `pipeline`, `seed` and `versions` are present if the report has them.
/// Shares are fractions of 1, times are seconds, losses are nats.
package enum ReportJSON {
  /// The number of labels above which `confusion` is `null`. `confusedPairs` always contains every
  /// nonzero cell off the diagonal.
  static let largestMatrix = 1_000

  /// Returns the report as a JSON object.
  package static func value(_ report: Report) -> JSONValue {
    let evaluation = report.evaluation
    var members = [
      JSONMember("documents", .integer(evaluation.documents)),
      JSONMember("tokens", .integer(evaluation.tokens)),
      JSONMember("accuracy", .decimal(evaluation.accuracy)),
      JSONMember("macroF1", .decimal(evaluation.macroF1)),
      JSONMember("weightedF1", .decimal(evaluation.weightedF1)),
      JSONMember("macroPrecision", .decimal(evaluation.macroPrecision)),
      JSONMember("macroRecall", .decimal(evaluation.macroRecall)),
      JSONMember("labels", labels(report)),
      JSONMember("untrainedLabels", names(evaluation.untrainedLabels)),
      JSONMember("neverPredicted", names(evaluation.neverPredicted)),
      JSONMember("confusion", confusion(evaluation)),
      JSONMember("confusedPairs", confusedPairs(evaluation)),
      JSONMember("logLoss", number(evaluation.logLoss)),
      JSONMember("brierScore", number(evaluation.brierScore)),
      JSONMember("expectedCalibrationError", number(evaluation.expectedCalibrationError)),
      JSONMember(
        "equalMassCalibrationError", number(evaluation.confidence?.equalMassCalibrationError)),
      JSONMember("reliability", evaluation.confidence.map(reliability) ?? .null),
      JSONMember("coverage", evaluation.selective.map(coverage) ?? .null),
      JSONMember("seconds", .decimal(evaluation.seconds)),
      JSONMember("documentsPerSecond", .decimal(evaluation.documentsPerSecond)),
      JSONMember("classifier", .string(report.classifier)),
    ]
    if let intervals = report.intervals {
      members.append(JSONMember("intervals", self.intervals(intervals)))
    }
    if let drift = report.drift { members.append(JSONMember("drift", drift.figures)) }
    if let calibration = report.calibration {
      members.append(JSONMember("calibration", value(of: calibration)))
    }
    if let cascade = report.cascade { members.append(JSONMember("cascade", cascade.json)) }
    if !report.warnings.isEmpty {
      members.append(JSONMember("warnings", .array(report.warnings.map { .string($0) })))
    }
    if !report.remarks.isEmpty {
      members.append(JSONMember("remarks", .array(report.remarks.map { .string($0) })))
    }
    if let evidence = report.evidence { members.append(JSONMember("evidence", evidence.json)) }
    if let baseline = report.baseline {
      members.append(JSONMember("baseline", value(of: baseline)))
    }
    if let difference = report.difference {
      members.append(JSONMember("difference", value(of: difference, in: report)))
    }
    if !report.history.isEmpty {
      members.append(JSONMember("history", .array(report.history.map(value(of:)))))
    }
    if let forgetting = report.forgetting {
      members.append(JSONMember("growth", forgetting.json))
    }
    if let curve = report.learningCurve {
      members.append(JSONMember("learningCurve", curve.json))
    }
    if !report.facts.isEmpty {
      let facts = report.facts.map { JSONMember($0.key, .string($0.value)) }
      members.append(JSONMember("record", .object(facts)))
    }
    if let pipeline = report.pipeline { members.append(JSONMember("pipeline", .string(pipeline))) }
    if let seed = report.seed { members.append(JSONMember("seed", .integer(seed))) }
    if !report.versions.isEmpty {
      let versions = report.versions.map { JSONMember($0.key, .string($0.value)) }
      members.append(JSONMember("versions", .object(versions)))
    }
    return .object(members)
  }

  /// Returns the report as indented JSON text with a final line feed.
  package static func render(_ report: Report) -> [UInt8] {
    value(report).encoded(.indented) + [0x0A]
  }

  private static func name(_ label: Label) -> JSONValue { .string(label.description) }

  private static func names(_ labels: [Label]) -> JSONValue { .array(labels.map(name)) }

  private static func labels(_ report: Report) -> JSONValue {
    let evaluation = report.evaluation
    let intervals = report.intervals?.classes ?? []
    return .array(
      evaluation.classes.enumerated().map { number, scores in
        var members = [
          JSONMember("label", name(scores.label)),
          JSONMember("precision", .decimal(scores.precision)),
          JSONMember("recall", .decimal(scores.recall)), JSONMember("f1", .decimal(scores.f1)),
          JSONMember("support", .integer(scores.support)),
        ]
        if !evaluation.rankings.isEmpty {
          let ranking = evaluation.rankings[number]
          members += [
            JSONMember("averagePrecision", self.number(ranking.averagePrecision)),
            JSONMember("areaUnderROC", self.number(ranking.areaUnderROC)),
            JSONMember("calibrationError", .decimal(ranking.calibrationError)),
          ]
        }
        if !intervals.isEmpty {
          members.append(
            JSONMember(
              "intervals",
              .members([
                "precision": value(of: intervals[number].precision),
                "recall": value(of: intervals[number].recall),
                "f1": value(of: intervals[number].f1),
              ])))
        }
        return .object(members)
      })
  }

  private static func intervals(_ intervals: ScoreIntervals) -> JSONValue {
    .members([
      "resamples": .integer(intervals.resamples), "accuracy": value(of: intervals.accuracy),
      "macroPrecision": value(of: intervals.macroPrecision),
      "macroRecall": value(of: intervals.macroRecall), "macroF1": value(of: intervals.macroF1),
      "weightedF1": value(of: intervals.weightedF1),
      "logLoss": intervals.logLoss.map(value) ?? .null,
      "brierScore": intervals.brierScore.map(value) ?? .null,
    ])
  }

  private static func value(of interval: ScoreIntervals.Interval) -> JSONValue {
    .array([.decimal(interval.lower), .decimal(interval.upper)])
  }

  private static func reliability(_ confidence: ConfidenceBins) -> JSONValue {
    .array(
      confidence.bins.filter { $0.count > 0 }.map { bin in
        .members([
          "lower": .decimal(bin.lower), "upper": .decimal(bin.upper), "count": .integer(bin.count),
          "correct": .integer(bin.correct), "confidence": .decimal(bin.confidence),
        ])
      })
  }

  private static func coverage(_ selective: SelectiveAccuracy) -> JSONValue {
    .array(
      selective.points.map { point in
        .members([
          "minConfidence": .decimal(point.threshold), "coverage": .decimal(point.coverage),
          "accuracy": number(point.accuracy),
        ])
      })
  }

  private static func confusion(_ evaluation: Evaluation) -> JSONValue {
    guard evaluation.labels.count <= largestMatrix else { return .null }
    return .array(
      evaluation.labels.indices.map { row in
        .array(evaluation.confusion.row(row).map(JSONValue.integer))
      })
  }

  private static func confusedPairs(_ evaluation: Evaluation) -> JSONValue {
    .array(
      evaluation.confusion.confusedPairs.map { pair in
        .members([
          "expected": name(evaluation.labels[pair.expected]),
          "predicted": name(evaluation.labels[pair.predicted]), "count": .integer(pair.count),
        ])
      })
  }

  private static func value(of baseline: Report.Baseline) -> JSONValue {
    let evaluation = baseline.evaluation
    return .members([
      "classifier": .string(baseline.name), "accuracy": .decimal(evaluation.accuracy),
      "macroF1": .decimal(evaluation.macroF1), "weightedF1": .decimal(evaluation.weightedF1),
      "logLoss": number(evaluation.logLoss),
      "expectedCalibrationError": number(evaluation.expectedCalibrationError),
      "seconds": .decimal(evaluation.seconds),
      "documentsPerSecond": .decimal(evaluation.documentsPerSecond),
    ])
  }

  private static func value(of bootstrap: PairedBootstrap, in report: Report) -> JSONValue {
    .members([
      "accuracy": value(of: bootstrap.accuracy), "macroF1": value(of: bootstrap.macroF1),
      "resamples": .integer(bootstrap.resamples),
      "verdict": report.verdict.map(JSONValue.string) ?? .null,
      "advice": report.advice.map(JSONValue.string) ?? .null,
    ])
  }

  private static func value(of calibration: CalibrationRecord) -> JSONValue {
    func value(of scores: CalibrationRecord.Scores) -> JSONValue {
      .members([
        "logLoss": ReportJSON.number(scores.logLoss),
        "expectedCalibrationError": ReportJSON.number(scores.expectedCalibrationError),
      ])
    }
    return .members([
      "documents": .integer(calibration.documents), "temperature": number(calibration.temperature),
      "scale": number(calibration.scale), "bend": number(calibration.bend),
      "before": value(of: calibration.before), "after": value(of: calibration.after),
    ])
  }

  static func value(of difference: PairedBootstrap.Difference) -> JSONValue {
    .members([
      "value": .decimal(difference.value),
      "interval": .array([.decimal(difference.lower), .decimal(difference.upper)]),
    ])
  }

  private static func value(of epoch: EpochRecord) -> JSONValue {
    let members: JSONValue = .members([
      "epoch": .integer(epoch.epoch), "loss": number(epoch.loss),
      "validationLoss": number(epoch.validationLoss),
      "validationAccuracy": number(epoch.validationAccuracy),
      "seconds": number(epoch.seconds), "tokens": .integer(epoch.tokens),
      "tokensPerSecond": number(epoch.tokensPerSecond),
    ])
    guard let macroF1 = epoch.validationMacroF1 else { return members }
    return .object(
      (members.object ?? []) + [JSONMember("validationMacroF1", number(macroF1))])
  }

  /// Returns a number; `null` if it is missing, NaN or infinite.
  private static func number(_ value: Double?) -> JSONValue {
    value.map { .decimal($0) } ?? .null
  }
}
