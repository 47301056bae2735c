public import Corpora
import Models
public import PipelineCore

/// The statistics of one part of a corpus: training, validation or test documents.
public struct CheckedPart: Sendable {
  /// The statistics of a label.
  public struct ClassStatistics: Sendable {
    /// The label.
    public var label: Label
    /// The number of documents.
    public var documents: Int
    /// The number of tokens, after truncation.
    public var tokens: Int
    /// The number of tokens per document, before truncation.
    public var lengths: Quartiles
  }

  /// `train`, `validation` or `test`.
  public var name: String
  /// The files and folders of the part.
  public var sources: [CorpusSource]
  /// The statistics of each label, in byte order.
  public var classes: [ClassStatistics]
  /// The number of usable documents.
  public var documents: Int
  /// The number of tokens in usable documents, after truncation.
  public var tokens: Int
  /// The number of tokens per document, before truncation.
  public var lengths: Quartiles
  /// The lowest token limit that truncates at most 1 % of the documents.
  public var ampleLimit: Int
  /// The number of documents that are longer than `limits.tokens`.
  public var cutDocuments: Int
  /// The number of documents that have text but no tokens, and the positions of the first ones.
  public var withoutTokens: (count: Int, positions: [InputPosition])
  /// The unusable rows.
  public var faults: RowFaults
  /// The number of unusable rows that can be read but whose text is unusable.
  public var unusableTexts: Int
  /// The warnings of the corpus reader.
  public var warnings: [CorpusWarning]
  /// The documents that repeat an earlier document of the part.
  public var duplicates: CorpusRepeats
  /// The documents that repeat a training document; `nil` for the training documents.
  public var leakage: CorpusRepeats?

  /// The format of the first source.
  public var format: CorpusFormat { sources[0].format }

  /// The warnings of the corpus reader that are shown. The others are reported in more detail by
  /// the statistics and in the findings.
  var shownWarnings: [CorpusWarning] {
    warnings.filter { ![.duplicate, .similarLabels, .badRow].contains($0.kind) }
  }

  /// The labels with the most and with the fewest documents.
  var extremes: (largest: ClassStatistics, smallest: ClassStatistics)? {
    guard let largest = classes.max(by: { $0.documents < $1.documents }),
      let smallest = classes.min(by: { $0.documents < $1.documents })
    else { return nil }
    return (largest, smallest)
  }
}

extension CheckedPart {
  /// Computes the statistics of a part.
  init(
    name: String, corpus: Corpus, usable: UsableDocuments, duplicates: CorpusRepeats,
    leakage: CorpusRepeats?
  ) {
    let labels = corpus.labels
    var members: [[Int]] = Array(repeating: [], count: labels.count)
    for (number, document) in usable.documents.enumerated() {
      if let label = labels.number(of: document.label) { members[label].append(number) }
    }
    let withoutTokens = usable.documents.indices.filter {
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
        withoutTokens.count,
        withoutTokens.prefix(CorpusWarning.placeLimit).map { usable.documents[$0].position }
      ),
      faults: faults, unusableTexts: usable.faults.count, warnings: corpus.warnings,
      duplicates: duplicates, leakage: leakage)
  }
}
