import PipelineCore

/// Looks over a whole corpus for what is allowed but seldom meant.
enum CorpusInspection {
  /// All kinds of warning about the documents; those that found nothing have the count 0.
  static func warnings(about documents: [CorpusDocument]) -> [CorpusWarning] {
    var empty = CorpusWarning(.emptyText)
    for document in documents where document.text.isEmpty { empty.note(document.position) }
    return [empty] + repeated(documents) + [singles(documents)] + similarLabels(documents)
  }

  /// Texts that occur more than once, with the same label and with another; each is compared with
  /// the first document of its text. Empty texts have a warning of their own.
  private static func repeated(_ documents: [CorpusDocument]) -> [CorpusWarning] {
    var duplicates = CorpusWarning(.duplicate)
    var conflicts = CorpusWarning(.conflictingLabels)
    var first: [[UInt8]: Int] = [:]
    for (number, document) in documents.enumerated() where !document.text.isEmpty {
      guard let earlier = first[document.text] else {
        first[document.text] = number
        continue
      }
      if documents[earlier].label == document.label {
        duplicates.note(document.position)
      } else {
        conflicts.note(document.position, labels: [documents[earlier].label, document.label])
      }
    }
    return [duplicates, conflicts]
  }

  /// Labels that a single document has: nothing can be learned and tested from one.
  private static func singles(_ documents: [CorpusDocument]) -> CorpusWarning {
    var counts: [Label: Int] = [:]
    for document in documents { counts[document.label, default: 0] += 1 }
    var warning = CorpusWarning(.singleDocument)
    for document in documents where counts[document.label] == 1 {
      warning.note(document.position, labels: [document.label])
    }
    return warning
  }

  /// Groups of labels that are the same without case and outer space: a warning a group.
  private static func similarLabels(_ documents: [CorpusDocument]) -> [CorpusWarning] {
    var first: [Label: InputPosition] = [:]
    for document in documents where first[document.label] == nil {
      first[document.label] = document.position
    }
    let groups = Dictionary(grouping: first.keys) { folded($0) }.values
      .filter { $0.count > 1 }
      .map { $0.sorted() }
      .sorted { $0[0] < $1[0] }
    return groups.map { group in
      var warning = CorpusWarning(.similarLabels)
      for label in group { warning.note(first[label], labels: [label]) }
      return warning
    }
  }

  private static func folded(_ label: Label) -> [UInt8] {
    let scalars = label.description.lowercased().unicodeScalars
    let start = scalars.drop { $0.properties.isWhitespace }
    let end = start.lastIndex { !$0.properties.isWhitespace }
    return end.map { Array(String(start[...$0]).utf8) } ?? []
  }
}
