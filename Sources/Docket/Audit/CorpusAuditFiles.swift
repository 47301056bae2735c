import Corpora
package import FileAccess
import Messages
import Models
import PipelineCore
package import PipelineFiles

extension CorpusAudit {
  /// The file with the summary.
  private static let summaryName = "audit.json"
  /// The file with a record for each finding.
  private static let recordsName = "audit.jsonl"
  /// The files that `write` writes.
  package static let fileNames = [summaryName, recordsName]
  /// The maximum number of findings of each kind that are printed.
  private static let shown = 10
  /// The maximum numbers of code points of a text, in a record and in the printed tables.
  private static let (recordLength, shownLength) = (300, 60)

  /// The accuracy below which many findings are probably mistakes of the models themselves.
  private static let reliableAccuracy = 0.75

  private var documents: [CorpusDocument] { crossValidation.documents }

  private func label(_ document: Int) -> String { "\(documents[document].label)" }

  private func text(_ document: Int, _ length: Int) -> String {
    // Decode only the start, because documents can be long.
    let bytes = documents[document].text.prefix(4 * (length + 1))
    let isCut = bytes.count < documents[document].text.count
    return String(decoding: isCut ? bytes.dropLast(3) : bytes, as: UTF8.self).excerpt(length)
  }

  /// Writes the summary and the records to a folder, each file atomically.
  ///
  /// - Parameter withTexts: whether each record includes the start of its document.
  package func write(
    _ description: PipelineDescription, to folder: String, withTexts: Bool
  ) throws {
    let file = try AtomicFile(path: "\(folder)/\(Self.recordsName)")
    for error in labelErrors {
      try file.write(
        record(
          "label", error.document, withTexts,
          [
            JSONMember("suggested", .string("\(error.suggestion)")),
            JSONMember("labelProbability", .decimal(error.labelProbability)),
            JSONMember("probability", .decimal(error.probability)),
            JSONMember("quality", .decimal(error.quality)),
          ]))
    }
    for conflict in conflicts {
      let earlier = JSONValue.object(
        documents[conflict.earlier].identity + [
          JSONMember("label", .string(label(conflict.earlier)))
        ])
      try file.write(
        record(
          "duplicate", conflict.document, withTexts,
          [
            JSONMember("earlier", earlier),
            JSONMember("resemblance", .decimal(conflict.resemblance ?? 1)),
            JSONMember("identical", .bool(conflict.resemblance == nil)),
          ]))
    }
    for outlier in outliers {
      try file.write(
        record(
          "outlier", outlier.document, withTexts,
          [
            JSONMember("predicted", .string("\(outlier.best)")),
            JSONMember("probability", .decimal(outlier.probability)),
            JSONMember("fit", .decimal(outlier.fit)),
          ]))
    }
    try file.commit()
    try AtomicFile.write(
      path: "\(folder)/\(Self.summaryName)", (json(description).text(.indented) + "\n").utf8)
  }

  private func record(
    _ kind: String, _ document: Int, _ withTexts: Bool, _ members: [JSONMember]
  ) -> String {
    let first = [JSONMember("kind", .string(kind))] + documents[document].identity
    var text: [JSONMember] = []
    if withTexts {
      let excerpt = self.text(document, Self.recordLength)
      text = [JSONMember("text", .string(excerpt))]
      if !documents[document].text.elementsEqual(excerpt.utf8) {
        text.append(JSONMember("cut", .bool(true)))
      }
    }
    let label = JSONMember("label", .string(label(document)))
    return JSONValue.object(first + [label] + members + text).text() + "\n"
  }

  /// Returns the summary as JSON.
  package func json(_ description: PipelineDescription) -> JSONValue {
    let labels = crossValidation.labels.labels
    var found = Array(repeating: 0, count: labels.count)
    for error in labelErrors {
      found[crossValidation.labels.number(of: documents[error.document].label) ?? 0] += 1
    }
    let classes = zip(crossValidation.scores.classes, labels.indices).map { scores, number in
      JSONValue.members([
        "label": .string("\(labels[number])"), "support": .integer(scores.support),
        "threshold": .decimal(thresholds[number]), "labelErrors": .integer(found[number]),
      ])
    }
    let overlaps = overlaps.map { overlap in
      JSONValue.members([
        "labels": .array(overlap.labels.map { .string("\($0)") }),
        "documents": .integer(overlap.documents),
      ])
    }
    return .members([
      "documents": .integer(documents.count), "part": .string("train"),
      "notAudited": Self.scope(description).map { .string($0) } ?? .null,
      "foldCount": .integer(crossValidation.foldCount),
      "repeats": .integer(crossValidation.repetitions.count),
      "classifier": .string(type(of: description.classifier).stageName),
      "accuracy": .decimal(crossValidation.scores.accuracy.mean),
      "estimatedLabelErrors": .integer(estimatedErrors),
      "labelErrors": .integer(labelErrors.count), "duplicates": .integer(conflicts.count),
      "unfinishedSearches": .integer(unfinished), "outliers": .integer(outliers.count),
      "labels": .array(classes), "overlaps": .array(overlaps),
      "pipeline": .string(description.resolvedText), "seed": .integer(description.training.seed),
      "versions": .object(Provenance.versions.map { JSONMember($0.key, .string($0.value)) }),
    ])
  }

  /// Returns the summary and the first findings as text.
  ///
  /// - Parameters:
  ///   - title: the name of the pipeline.
  ///   - withTexts: whether to print the start of each document.
  package func text(
    _ description: PipelineDescription, title: String, withTexts: Bool
  ) -> String {
    let scores = crossValidation.scores
    let headline =
      [
        title, "",
        "\(type(of: description.classifier).stageName), \(crossValidation.foldCount) folds, "
          + NumberFormat.count(documents.count, "training document", "training documents")
          + ", accuracy " + NumberFormat.percent(scores.accuracy.mean),
      ] + (Self.scope(description).map { [$0] } ?? [])
    let sections = [
      headline, counts, errorTable(withTexts), conflictTable, outlierTable(withTexts),
    ]
    let lines = (sections + [overlapTable]).filter { !$0.isEmpty }.joined(separator: [""])
    return lines.map { QuotedText.escaped($0) + "\n" }.joined()
  }

  /// A sentence about the documents that are not audited, and how to include them; `nil` if there
  /// are none.
  private static func scope(_ description: PipelineDescription) -> String? {
    let section = description.corpus
    if section.testShare > 0 {
      return
        "not audited: documents held out by corpus.testShare; to include them, use --set "
        + "corpus.testShare=0"
    }
    var parts = [("corpus.test", section.test)]
    if case .file(let file) = section.validation { parts.append(("corpus.validation", [file])) }
    let audited = Set(section.train.map(\.resolved))
    parts = parts.map { ($0, $1.filter { !audited.contains($0.resolved) }) }
      .filter { !$0.1.isEmpty }
    let (names, files) = (parts.map(\.0), parts.flatMap(\.1))
    guard !names.isEmpty, !section.train.isEmpty else { return nil }
    let paths = (section.train + files).map(\.resolved).joined(separator: ", ")
    return
      "not audited: \(names.joined(separator: " and ")); to include \(names.count == 1 ? "it" : "them"), "
      + "use --set 'corpus.train=[\(paths)]'"
  }

  private var counts: [String] {
    var table = TextTable([.left, .right])
    table.add(["estimated number of wrong labels", NumberFormat.integer(estimatedErrors)])
    table.add(["likely label errors found", NumberFormat.integer(labelErrors.count)])
    table.add(["duplicates under different labels", NumberFormat.integer(conflicts.count)])
    table.add(["documents that fit no label", NumberFormat.integer(outliers.count)])
    if unfinished > 0 {
      table.add(["searches for duplicates cut short", NumberFormat.integer(unfinished)])
    }
    return table.lines + [caution].compactMap { $0 }
  }

  /// A warning if the models are wrong so often that many findings are probably their own mistakes;
  /// otherwise `nil`.
  private var caution: String? {
    let accuracy = crossValidation.scores.accuracy.mean
    guard accuracy < Self.reliableAccuracy else { return nil }
    return
      "the models disagree with \(NumberFormat.percent(1 - accuracy)) of the labels; "
      + "most of these findings may be errors of the models, so only the first ones are worth "
      + "reading"
  }

  /// Returns the start of a document as a table cell; an empty cell if it is not shown.
  private func cell(_ document: Int, _ isShown: Bool) -> String {
    isShown ? text(document, Self.shownLength) : ""
  }

  private func errorTable(_ withTexts: Bool) -> [String] {
    guard !labelErrors.isEmpty else { return [] }
    var table = TextTable([.left, .left, .left, .right, .left])
    table.add(["likely label errors", "label", "suggested", "quality", ""])
    for error in labelErrors.prefix(Self.shown) {
      table.add([
        documents[error.document].position.description, label(error.document),
        "\(error.suggestion)", NumberFormat.decimal(error.quality, 4),
        cell(error.document, withTexts),
      ])
    }
    return table.lines + rest(labelErrors.count)
  }

  private var conflictTable: [String] {
    guard !conflicts.isEmpty else { return [] }
    var table = TextTable([.left, .left, .left, .left, .right])
    table.add(["duplicates", "label", "earlier document", "its label", "resemblance"])
    for conflict in conflicts.prefix(Self.shown) {
      table.add([
        documents[conflict.document].position.description, label(conflict.document),
        documents[conflict.earlier].position.description, label(conflict.earlier),
        conflict.resemblance.map { NumberFormat.decimal($0, 2) } ?? "identical",
      ])
    }
    return table.lines + rest(conflicts.count)
  }

  private func outlierTable(_ withTexts: Bool) -> [String] {
    guard !outliers.isEmpty else { return [] }
    var table = TextTable([.left, .left, .right, .left])
    table.add(["fit no label", "label", "fit", ""])
    for outlier in outliers.prefix(Self.shown) {
      table.add([
        documents[outlier.document].position.description, label(outlier.document),
        NumberFormat.decimal(outlier.fit, 4), cell(outlier.document, withTexts),
      ])
    }
    return table.lines + rest(outliers.count)
  }

  private var overlapTable: [String] {
    guard !overlaps.isEmpty else { return [] }
    var table = TextTable([.left, .left, .right])
    table.add(["overlapping", "labels", "documents"])
    for overlap in overlaps.prefix(Self.shown) {
      table.add(overlap.labels.map { "\($0)" } + [NumberFormat.integer(overlap.documents)])
    }
    return table.lines + rest(overlaps.count)
  }

  private func rest(_ count: Int) -> [String] {
    count > Self.shown ? ["... and \(NumberFormat.integer(count - Self.shown)) more"] : []
  }
}
