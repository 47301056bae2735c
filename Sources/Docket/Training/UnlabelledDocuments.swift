import Corpora
import FileAccess
import Messages
import Models
import PipelineCore
import PipelineFiles

/// The counts of the unlabelled documents of a pipeline.
struct UnlabelledFinding: Sendable, Equatable {
  /// The summary of the files that were read.
  var read = UnlabelledCorpus.Summary()
  /// The number of documents that are used.
  var documents = 0
  /// The number of tokens in these documents.
  var tokens = 0
  /// The number of tokens that occur in no training document.
  var unknownTokens = 0
  /// The number of documents that were truncated.
  var cut = 0
  /// The number of documents that repeat a training or validation document and are left out.
  var repeated = 0
  /// The number of documents that repeat a test document.
  var inTest = 0
  /// The number of documents that a text stage rejected.
  var refused = 0

  /// The approximate number of tokens in the documents that a classifier learns from.
  var classifierTokens: Int {
    documents <= UnlabelledDocuments.classifierLimit
      ? tokens : tokens / documents * UnlabelledDocuments.classifierLimit
  }
}

/// The unlabelled documents of a pipeline, without those that repeat a labelled document.
///
/// Repeats of training documents would count twice, and repeats of validation documents would
/// inflate the validation scores. Repeats of test documents are used and counted: a model must not
/// depend on whether its test documents are known.
final class UnlabelledDocuments {
  private let corpus: UnlabelledCorpus
  private let preparation: TextPreparation
  private let known: Vocabulary
  private let excluded: Set<[UInt8]>
  private let test: Set<[UInt8]>
  private let threads: Int
  /// The counts; `nil` until the documents have been read.
  private(set) var finding: UnlabelledFinding?

  /// The maximum number of documents that a classifier learns from, which are held in memory. Word
  /// vectors learn from all documents.
  static let classifierLimit = 50_000

  /// Creates a reader for the unlabelled documents of a pipeline.
  ///
  /// - Parameter known: the words of the training documents.
  init(
    _ data: TrainingData, _ preparation: TextPreparation, known: Vocabulary, threads: Int
  ) {
    corpus = UnlabelledCorpus(data.description.corpus)
    self.preparation = preparation
    self.known = known
    excluded = Set((data.training + data.validation).lazy.map(\.text))
    test = Set(data.test.lazy.map(\.text))
    self.threads = threads
  }

  /// Returns the documents for a classifier, as rows of `table`: all of them, or every `n`th if
  /// there are very many.
  ///
  /// - Throws: the same errors as `read`.
  /// - Precondition: the documents have been read.
  func encoded(by table: EmbeddingTable?) throws -> [EncodedDocument] {
    let all = finding?.documents ?? 0
    let step = (all + Self.classifierLimit - 1) / Self.classifierLimit
    var documents: [EncodedDocument] = []
    var number = 0
    try readPrepared { piece in
      let wanted = piece.filter { _ in
        number += 1
        return (number - 1) % step == 0
      }
      documents += Shards.map(count: wanted.count, threads: threads) { index in
        wanted[index].encoded(by: table)
      }
    }
    return documents
  }

  /// Reads all documents and passes their tokens to `use`.
  ///
  /// - Throws: `CorpusError`, `FileError`; any error from `use`.
  func read(_ use: ([TokenSequence]) throws -> Void) throws {
    try readPrepared { try use($0.map(\.tokens)) }
  }

  private func readPrepared(_ use: ([PreparedDocument]) throws -> Void) throws {
    var finding = UnlabelledFinding()
    let known = known
    finding.read = try corpus.read { texts in
      let kept = texts.filter { !excluded.contains($0) }
      finding.repeated += texts.count - kept.count
      finding.inTest += kept.count { test.contains($0) }
      let results = preparation.prepare(kept, threads: threads)
      let prepared = results.compactMap { try? $0.get() }
      finding.refused += results.count - prepared.count
      finding.documents += prepared.count
      finding.cut += prepared.count { document in
        document.warnings.contains { $0.code == "tokens-cut" }
      }
      let unknown = Shards.map(count: prepared.count, threads: threads) { number in
        let tokens = prepared[number].tokens
        return (0..<tokens.count).count { known.index(of: tokens.bytes($0)) == nil }
      }
      finding.unknownTokens += unknown.reduce(0, +)
      finding.tokens += prepared.reduce(0) { $0 + $1.tokens.count }
      try use(prepared)
    }
    if let earlier = self.finding, earlier.read.sha256 != finding.read.sha256 {
      throw FileError(.changedWhileReading, in: corpus.paths[0])
    }
    self.finding = finding
  }
}

extension UnlabelledFinding {
  /// The counts as a sentence.
  var sentence: String {
    let count = NumberFormat.count(
      documents, "unlabelled document", "unlabelled documents")
    let share = NumberFormat.percent(Double(unknownTokens) / Double(max(tokens, 1)))
    return "\(count), \(NumberFormat.count(tokens, "token", "tokens")); \(share) of the tokens "
      + "occur in no training document"
  }

  /// Returns findings about documents that were left out or are questionable.
  func findings(limits: LimitsSection) -> [Finding] {
    var found: [Finding] = []
    func warn(_ severity: Finding.Severity, _ code: String, _ sentence: String) {
      found.append(Finding(severity, code, sentence))
    }
    let skipped = [
      (read.empty, "empty"), (read.tooLong, "longer than limits.documentBytes"),
      (read.unreadable, "unreadable"), (refused, "refused by a text stage"),
    ].filter { $0.0 > 0 }
    if !skipped.isEmpty {
      let total = skipped.reduce(0) { $0 + $1.0 }
      let reasons = skipped.map { "\(NumberFormat.integer($0.0)) \($0.1)" }
      warn(
        total == read.empty ? .note : .warning, "unlabelled-skipped",
        "skipped \(NumberFormat.count(total, "unlabelled document", "unlabelled documents")): "
          + reasons.joined(separator: ", "))
    }
    if read.otherFiles > 0 {
      let files = NumberFormat.count(read.otherFiles, "file or folder", "files and folders")
      warn(
        .warning, "unlabelled-skipped",
        "skipped \(files) in a corpus.unlabelled folder that are not .txt files")
    }
    if repeated > 0 {
      let documents = NumberFormat.count(
        repeated, "unlabelled document that repeats", "unlabelled documents that repeat")
      warn(
        .note, "unlabelled-repeats", "left out \(documents) a training or validation document")
    }
    if inTest > 0 {
      let documents = NumberFormat.count(
        inTest, "unlabelled document repeats", "unlabelled documents repeat")
      warn(
        .warning, "unlabelled-leakage",
        "\(documents) a test document, so scores on test can be slightly too high; remove them")
    }
    if cut > 0 {
      let documents = NumberFormat.count(
        cut, "unlabelled document is", "unlabelled documents are")
      warn(.note, "unlabelled-cut", "\(documents) cut to \(limits.tokens) tokens")
    }
    return found
  }

  /// The counts as a JSON object.
  var json: JSONValue {
    .members([
      "documents": .integer(documents), "tokens": .integer(tokens),
      "unknownTokens": .integer(unknownTokens), "empty": .integer(read.empty),
      "tooLong": .integer(read.tooLong), "unreadable": .integer(read.unreadable),
      "refused": .integer(refused), "repeated": .integer(repeated), "inTest": .integer(inTest),
      "cutDocuments": .integer(cut), "sha256": .string(read.sha256),
    ])
  }
}
