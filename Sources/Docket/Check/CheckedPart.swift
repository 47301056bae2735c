public import Corpora
import Models
public import PipelineCore

/// One part of a corpus as `docket check` found it.
public struct CheckedPart: Sendable {
  /// What a label has.
  public struct ClassStatistics: Sendable {
    /// The label.
    public var label: Label
    /// How many documents have it.
    public var documents: Int
    /// How many tokens these have, after cutting.
    public var tokens: Int
    /// Tokens a document, before cutting.
    public var lengths: Quartiles
  }

  /// `train`, `validation` or `test`.
  public var name: String
  /// The files and folders that it was read from.
  public var sources: [CorpusSource]
  /// Every label, in byte order.
  public var classes: [ClassStatistics]
  /// How many documents can be used.
  public var documents: Int
  /// How many tokens these have, after cutting.
  public var tokens: Int
  /// Tokens a document, before cutting.
  public var lengths: Quartiles
  /// So many tokens would cut one document in a hundred at most.
  public var ampleLimit: Int
  /// Documents that were cut at `limits.tokens`.
  public var cutDocuments: Int
  /// Documents that have text but no token, the first of them by place.
  public var withoutTokens: (count: Int, positions: [InputPosition])
  /// Rows that cannot be used.
  public var faults: RowFaults
  /// How many of them were read, but hold a text that cannot be used.
  public var unusableTexts: Int
  /// What is allowed but worth a look.
  public var warnings: [CorpusWarning]
  /// Documents that repeat an earlier one of the part.
  public var duplicates: CorpusRepeats
  /// Documents that repeat one to learn from; `nil` for the training documents themselves.
  public var leakage: CorpusRepeats?

  /// How the first source is written.
  public var format: CorpusFormat { sources[0].format }

  /// The most documents of a label, and the fewest.
  var extremes: (largest: ClassStatistics, smallest: ClassStatistics)? {
    guard let largest = classes.max(by: { $0.documents < $1.documents }),
      let smallest = classes.min(by: { $0.documents < $1.documents })
    else { return nil }
    return (largest, smallest)
  }
}

/// Documents of a part that can be used, with the hashes of their tokens.
struct UsableDocuments: Sendable {
  var documents: [CorpusDocument] = []
  /// By document.
  var hashes: [[UInt64]] = []
  /// Tokens of each document before cutting.
  var lengths: [Int] = []
  var cutDocuments = 0
  /// Rows that were read but cannot be used.
  var faults = RowFaults()

  /// The documents of a corpus that the preparation can work on.
  init(_ corpus: Corpus, _ results: [Result<PreparedDocument, DocumentError>]) {
    for (document, result) in zip(corpus.documents, results) {
      switch result {
      case .success(let prepared):
        let cut = prepared.warnings.first { $0.code == "tokens-cut" }?.count ?? 0
        documents.append(document)
        hashes.append(prepared.encoded(by: nil).hashes)
        lengths.append(prepared.tokens.count + cut)
        if cut > 0 { cutDocuments += 1 }
      case .failure(var error):
        error.position = document.position
        faults.note(error)
      }
    }
  }
}

extension CheckedPart {
  /// The figures of a part.
  init(
    name: String, corpus: Corpus, usable: UsableDocuments, duplicates: CorpusRepeats,
    leakage: CorpusRepeats?
  ) {
    let labels = corpus.labels
    var members: [[Int]] = Array(repeating: [], count: labels.count)
    for (number, document) in usable.documents.enumerated() {
      if let label = labels.number(of: document.label) { members[label].append(number) }
    }
    let silent = usable.documents.indices.filter {
      usable.lengths[$0] == 0 && !usable.documents[$0].text.isEmpty
    }
    var faults = corpus.faults
    faults.add(usable.faults)
    let sorted = usable.lengths.sorted()
    self.init(
      name: name, sources: corpus.sources,
      classes: labels.labels.enumerated().map { number, label in
        ClassStatistics(
          label: label, documents: members[number].count,
          tokens: members[number].reduce(0) { $0 + usable.hashes[$1].count },
          lengths: Quartiles(members[number].map { usable.lengths[$0] }))
      },
      documents: usable.documents.count, tokens: usable.hashes.reduce(0) { $0 + $1.count },
      lengths: Quartiles(usable.lengths),
      ampleLimit: sorted.isEmpty ? 0 : sorted[(99 * sorted.count + 99) / 100 - 1],
      cutDocuments: usable.cutDocuments,
      withoutTokens: (
        silent.count, silent.prefix(CorpusWarning.placeLimit).map { usable.documents[$0].position }
      ),
      faults: faults, unusableTexts: usable.faults.count, warnings: corpus.warnings,
      duplicates: duplicates, leakage: leakage)
  }
}
