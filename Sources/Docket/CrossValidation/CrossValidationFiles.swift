package import FileAccess
import Corpora
import Messages
import Models
import PipelineCore
package import PipelineFiles
import Reports

extension CrossValidation {
  /// The file with the scores.
  private static let scoresName = "cross-validation.json"
  /// The file with the predictions.
  private static let predictionsName = "predictions.jsonl"
  /// The files that `write` writes.
  package static let fileNames = [scoresName, predictionsName]
  /// The number of labels above which a record omits the probabilities of all labels.
  private static let labelLimit = 1_000

  /// The number of folds.
  public var foldCount: Int { scores.folds.count / repetitions.count }

  /// Returns the scores as JSON. They depend only on the pipeline and its inputs.
  package func json(_ description: PipelineDescription) -> JSONValue {
    .object(
      [
        JSONMember("documents", .integer(documents.count)),
        JSONMember("foldCount", .integer(foldCount)),
        JSONMember("repeats", .integer(repetitions.count)),
        JSONMember(
          "duplicates",
          .members([
            "groups": .integer(duplicates.groups), "documents": .integer(duplicates.documents),
          ])),
        JSONMember("classifier", .string(type(of: description.classifier).stageName)),
      ] + scores.members + [
        JSONMember("pipeline", .string(description.resolvedText)),
        JSONMember("seed", .integer(description.training.seed)),
        JSONMember(
          "versions",
          .object(Provenance.versions.map { JSONMember($0.key, .string($0.value)) })),
      ])
  }

  /// Returns the scores as text.
  ///
  /// - Parameter title: the name of the pipeline.
  package func text(_ description: PipelineDescription, title: String) -> String {
    let name = type(of: description.classifier).stageName
    let repeats = repetitions.count > 1 ? ", repeated \(repetitions.count) times" : ""
    let headline =
      [
        QuotedText.escaped(title), "",
        "\(name), \(foldCount) folds\(repeats), "
          + NumberFormat.count(documents.count, "document", "documents"),
      ] + (duplicates.groups > 0 ? [Self.sentence(about: duplicates)] : []) + [""]
    return (headline + scores.lines).map { $0 + "\n" }.joined()
  }

  /// Writes the scores and the predictions to a folder, each file atomically.
  package func write(_ description: PipelineDescription, to folder: String) throws {
    let file = try AtomicFile(path: "\(folder)/\(Self.predictionsName)")
    for repetition in repetitions.indices {
      for document in documents.indices {
        try file.write(record(of: document, repetition: repetition) + "\n")
      }
    }
    try file.commit()
    try AtomicFile.write(
      path: "\(folder)/\(Self.scoresName)", (json(description).text(.indented) + "\n").utf8)
  }

  /// Returns the prediction for a document as a line of JSON.
  private func record(of number: Int, repetition: Int) -> String {
    let document = documents[number]
    let probabilities = probabilities(of: number, repetition: repetition)
    let prediction = Prediction(probabilities: Array(probabilities))
    let best = prediction.best
    let label = labels.number(of: document.label) ?? 0
    var members = document.identity
    members += [
      JSONMember("repeat", .integer(repetition + 1)),
      JSONMember("fold", .integer(repetitions[repetition].folds[number] + 1)),
      JSONMember("label", .string("\(document.label)")),
      JSONMember("predicted", .string("\(labels[best])")),
      JSONMember("probability", .decimal(prediction.probabilities[best])),
      JSONMember("labelProbability", .decimal(prediction.probabilities[label])),
    ]
    if labels.count <= Self.labelLimit {
      let all = labels.labels.indices.map { number in
        JSONMember("\(labels[number])", .decimal(prediction.probabilities[number]))
      }
      members.append(JSONMember("probabilities", .object(all)))
    }
    return JSONValue.object(members).text()
  }
}

extension CorpusDocument {
  /// The file and line of the document, and its id if it has one, as members of a record.
  var identity: [JSONMember] {
    position.members + (id.map { [JSONMember("id", .string($0))] } ?? [])
  }
}
