package import Corpora
import FileAccess
import Messages
package import PipelineCore
package import Reports

/// Predictions, from any program, for the documents of a corpus: one line per document, in the same
/// order.
///
/// A line contains a label, a label and its probability separated by a tab, or several such pairs,
/// as `docket classify --top all` writes them. The fastText form, `__label__x 0.9`, is also
/// accepted.
package struct PredictionFile: Sendable {
  /// The prediction for one document.
  private struct Line {
    var label: Int
    var probabilities: [(label: Int, probability: Float)]
  }

  /// The labels of the predictions and, unless all probabilities are given, of the corpus, in byte
  /// order.
  package let labels: LabelSet
  /// The outcome of each document.
  package let outcomes: [DocumentOutcome]
  /// The probabilities of all labels, `[B, L]`; empty if some are missing or there are too many.
  package let rows: [Float]
  /// The probabilities that are given for each document: all, the best, or none.
  package let known: KnownProbabilities

  /// The maximum length of a line, in bytes.
  private static let lineLimit = 1 << 26

  /// Reads a file.
  ///
  /// - Throws: `PredictionError`, `CorpusError` or `FileError`, with the position.
  package init(path: String, for corpus: Corpus) throws {
    var reader = LabelReader(corpus)
    var lines: [Line] = []
    var source = CorpusLines(
      try DecodedFile(try InputFile(path: path, hashes: false)), limit: Self.lineLimit)
    while let line = try source.next() {
      let place = InputPosition.line(path, line.number, column: nil)
      guard lines.count < corpus.documents.count else {
        throw PredictionError(.tooMany(documents: corpus.documents.count), at: place)
      }
      do {
        lines.append(try Self.parse(line.bytes, &reader))
      } catch var error {
        error.position = place
        throw error
      }
    }
    guard lines.count == corpus.documents.count else {
      throw PredictionError(
        .tooFew(lines: lines.count, documents: corpus.documents.count), at: .file(path))
    }
    let names = reader.names
    let expected = Set(corpus.documents.map(\.label))
    guard names.isEmpty || names.contains(where: expected.contains) else {
      throw PredictionError(.noKnownLabel(first: names[0]), at: .file(path))
    }
    let width = names.count
    let isComplete = lines.allSatisfy { $0.probabilities.count == width }
    let hasProbability = lines.allSatisfy { !$0.probabilities.isEmpty }
    known = isComplete ? .all : hasProbability ? .best : .none
    labels = LabelSet(names + (isComplete ? [] : corpus.documents.map(\.label)))
    let numbers = names.compactMap(labels.number)
    let keepsRows = isComplete && lines.count <= RankingScores.mostScores / max(width, 1)
    var (outcomes, rows): ([DocumentOutcome], [Float]) = ([], [])
    for (line, document) in zip(lines, corpus.documents) {
      guard isComplete else {
        let probability = line.probabilities.first { $0.label == line.label }?.probability
        outcomes.append(DocumentOutcome(label: numbers[line.label], probability: probability))
        continue
      }
      var row = Array(repeating: Float(0), count: width)
      for pair in line.probabilities { row[numbers[pair.label]] = pair.probability }
      outcomes.append(
        DocumentOutcome(Prediction(probabilities: row), expected: document.label, labels: labels))
      if keepsRows { rows += row }
    }
    (self.outcomes, self.rows) = (outcomes, rows)
  }

  /// Reads one line.
  private static func parse(
    _ bytes: [UInt8], _ reader: inout LabelReader
  ) throws(PredictionError) -> Line {
    let isFastText = bytes.starts(with: LabelReader.prefix) && !bytes.contains(0x09)
    let fields = bytes.split(separator: isFastText ? 0x20 : 0x09, omittingEmptySubsequences: false)
    guard fields.count > 1 else {
      return Line(label: try reader.number(fields.first ?? []), probabilities: [])
    }
    guard fields.count % 2 == 0 else { throw PredictionError(.missingProbability, at: nil) }
    var line = Line(label: 0, probabilities: [])
    var seen = Set<Int>()
    var best = -Float.infinity
    for place in stride(from: 0, to: fields.count, by: 2) {
      let label = try reader.number(fields[place])
      let text = String(decoding: fields[place + 1], as: UTF8.self)
      // fastText rounds and can print 1.00001.
      guard let probability = Float(text), probability >= 0, probability <= 1.001 else {
        throw PredictionError(.badProbability(text), at: nil)
      }
      guard seen.insert(label).inserted else {
        throw PredictionError(.repeatedLabel(reader.names[label]), at: nil)
      }
      if probability > best { (best, line.label) = (probability, label) }
      line.probabilities.append((label, min(probability, 1)))
    }
    return line
  }

  /// Numbers labels in the order in which they are first read.
  private struct LabelReader {
    static let prefix = Array("__label__".utf8)

    private(set) var names: [Label] = []
    private var numbers: [Label: Int] = [:]
    /// The labels of the corpus, keyed by their form in the output of `docket classify`.
    private let written: [[UInt8]: Label]
    private let known: Set<Label>

    init(_ corpus: Corpus) {
      known = Set(corpus.documents.map(\.label))
      written = Dictionary(
        known.map { (Array(QuotedText.field("\($0)").utf8), $0) },
        uniquingKeysWith: { first, _ in first })
    }

    mutating func number(_ field: ArraySlice<UInt8>) throws(PredictionError) -> Int {
      var bytes = Array(field)
      if bytes.starts(with: Self.prefix) { bytes.removeFirst(Self.prefix.count) }
      guard !bytes.isEmpty else { throw PredictionError(.emptyLabel, at: nil) }
      var label = Label(String(decoding: bytes, as: UTF8.self))
      if !known.contains(label), let escaped = written[bytes] { label = escaped }
      if let number = numbers[label] { return number }
      numbers[label] = names.count
      names.append(label)
      return names.count - 1
    }
  }
}

extension PredictionFile {
  /// Compares the predictions with the labels of the corpus.
  ///
  /// - Throws: `EvaluationError` for an empty corpus.
  package func evaluation(on corpus: Corpus, threads: Int) throws(EvaluationError) -> Evaluation {
    try Evaluation(
      outcomes: outcomes, rows: rows, expected: corpus.documents.map(\.label), labels: labels,
      tokens: 0, seconds: 0, known: known, threads: threads)
  }
}

/// The reason why a file with predictions cannot be used.
package typealias PredictionError = LocatedError<PredictionFact>

/// The reason why a file with predictions cannot be used.
package enum PredictionFact: DiagnosableFact {
  /// A line without a label.
  case emptyLabel
  /// A label without a probability on a line with several fields.
  case missingProbability
  /// A field that should be a probability from 0 to 1 but is not.
  case badProbability(String)
  /// A label that occurs twice on a line.
  case repeatedLabel(Label)
  /// No label of the corpus on any line.
  case noKnownLabel(first: Label)
  /// More lines than documents.
  case tooMany(documents: Int)
  /// Fewer lines than documents.
  case tooFew(lines: Int, documents: Int)

  /// The stable name of the fact.
  package var code: String {
    switch self {
    case .emptyLabel, .missingProbability, .badProbability, .repeatedLabel, .noKnownLabel:
      "bad-prediction"
    case .tooMany, .tooFew: "prediction-count"
    }
  }

  /// The fact as a sentence.
  package var sentence: String {
    switch self {
    case .emptyLabel: "no label; expected a label, or label<TAB>probability"
    case .missingProbability:
      "a label without a probability; expected label<TAB>probability, repeated for more labels"
    case .badProbability(let text):
      "expected a probability from 0 to 1, found \(QuotedText.quote(text))"
    case .repeatedLabel(let label): "the label \(QuotedText.quote("\(label)")) is repeated"
    case .noKnownLabel(let first):
      "none of the predicted labels occurs in the corpus; the first is "
        + "\(QuotedText.quote("\(first)", limit: 40)); expected predictions, one per line (labelled documents are given with --corpus)"
    case .tooMany(let documents):
      "more predictions than documents (\(NumberFormat.integer(documents))); expected one line per document of the corpus"
    case .tooFew(let lines, let documents):
      "\(NumberFormat.integer(lines)) predictions for \(NumberFormat.integer(documents)) documents; expected one line per document of the corpus"
    }
  }
}
