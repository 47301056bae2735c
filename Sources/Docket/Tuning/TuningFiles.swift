import FileAccess
import Messages
import PipelineCore
package import PipelineFiles
import Reports

extension PipelineTuning.Outcome {
  /// The files that a search writes to its folder: the log and the chart.
  package static let fileNames = ["trials.jsonl", "tuning.svg"]
  /// The first words of a pipeline file written by a search.
  package static let heading = "# Written by docket tune"
  /// The maximum number of results in the table, not counting the pipeline itself.
  private static let shownCount = 10

  /// Returns the best results as text.
  ///
  /// - Parameter title: the name of the pipeline.
  package func text(title: String) -> String {
    var table = TextTable([.right, .right, .right, .right, .right, .left])
    table.add(["trial", "documents", "accuracy", "log loss", "seconds", "settings"])
    var shown = Array(ranking.prefix(Self.shownCount))
    if let own, !shown.contains(own) { shown.append(own) }
    for result in shown {
      guard let score = result.score else { continue }
      table.add([
        "\(result.trial)", NumberFormat.integer(result.documents),
        NumberFormat.percent(score.accuracy), NumberFormat.decimal(score.logLoss, 4),
        NumberFormat.decimal(score.seconds, 1),
        result.trial == 0
          ? "the pipeline itself" : result.choices.map(\.override).joined(separator: " "),
      ])
    }
    let trials = NumberFormat.count(Set(results.map(\.trial)).count - 1, "trial", "trials")
    let documents = NumberFormat.count(
      validationCount, "validation document", "validation documents")
    return "\(QuotedText.escaped(title)), \(trials), compared on \(documents)\n\n"
      + table.lines.map { $0 + "\n" }.joined() + "\n" + verdict + "\n"
  }

  /// The result of the search in a sentence.
  package var verdict: String {
    guard let best, let own, let score = best.score, let ownScore = own.score else {
      return "no trial finished"
    }
    let unfinished = isUnfinished ? "time ran out before the end of the search; " : ""
    guard best.trial != 0 else {
      return unfinished + "no trial was better than the pipeline itself"
    }
    let gain =
      score.accuracy > ownScore.accuracy
      ? "\(NumberFormat.change(score.accuracy - ownScore.accuracy)) of accuracy"
      : "the same accuracy and a lower log loss"
    return unfinished
      + "trial \(best.trial): \(gain) on the validation documents, on which it was chosen; expect "
      + "less on new documents"
  }

  /// The results as JSON.
  package var json: JSONValue {
    .members([
      "validationDocuments": .integer(validationCount), "finished": .bool(!isUnfinished),
      "best": best?.json ?? .null, "pipeline": own?.json ?? .null,
      "results": .array(results.map(\.json)),
    ])
  }

  /// Returns the text of a pipeline file for `description`, with the results of the search as
  /// comments.
  ///
  /// - Parameter name: the name of the pipeline file that was tuned.
  package func pipelineText(_ description: PipelineDescription, name: String) -> String {
    var lines = ["\(Self.heading) from \(QuotedText.escaped(name)).", "#"]
    lines += text(title: name).split(separator: "\n", omittingEmptySubsequences: false)
      .dropLast().map { $0.isEmpty ? "#" : "# \($0)" }
    return (lines + [""]).joined(separator: "\n") + description.resolvedText
  }

  /// Writes the chart to the folder that already contains the log.
  package func writeChart(to folder: String) throws {
    let lines = Dictionary(grouping: results.filter { $0.score != nil }, by: \.trial)
    let trials = lines.keys.sorted().map { trial in
      TuningChart.Trial(
        name: trial == 0 ? "pipeline" : "trial \(trial)",
        points: (lines[trial] ?? []).map { ($0.documents, $0.score?.accuracy ?? 0) },
        kind: trial == 0 ? .pipeline : trial == best?.trial ? .best : .other)
    }
    try AtomicFile.write(
      path: "\(folder)/\(Self.fileNames[1])", TuningChart.file(trials).utf8)
  }
}
