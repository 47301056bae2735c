package import Corpora
import FileAccess
import Messages
package import Models
public import PipelineCore
import PipelineFiles

/// The documents that were held out for evaluation when a model was trained, as the model records
/// them: `corpus.test`, or the share of `corpus.train` that `corpus.testShare` holds out.
package struct HeldOutTest {
  /// The corpus settings of the model.
  package let section: CorpusSection
  private let record: TrainingRecord
  private let model: String

  /// Finds the test documents of a model.
  ///
  /// - Parameters:
  ///   - pipeline: the model.
  ///   - path: the path of the model.
  ///   - folder: the folder that relative paths in the recorded pipeline are resolved against.
  /// - Throws: `HeldOutError` if the model records no test documents; `ConfigurationErrors` for a
  ///   record that cannot be read.
  package init(of pipeline: TrainedPipeline, at path: String, folder: String) throws {
    section = try pipeline.recordedCorpus(folder: folder, model: path)
    guard !section.testFiles.isEmpty else { throw HeldOutError(.none, at: .file(path)) }
    (record, model) = (pipeline.record, path)
  }

  /// The files with the test documents.
  package var files: [FilePath] { section.testFiles }

  /// The source of the test documents, such as `test.tsv` or `a share of 0.2 of train.tsv`.
  package var summary: String {
    let names = files.prefix(5).map(\.resolved).joined(separator: ", ")
    let others = files.count > 5 ? " and \(files.count - 5) more" : ""
    return (section.test.isEmpty ? "a share of \(section.testShare) of " : "") + names + others
  }

  /// Reads the test documents.
  ///
  /// - Throws: `HeldOutError` if a file is missing, or if the files from which a share was held out
  ///   have changed; `CorpusError`, `JSONError` or `FileError`, each with its position.
  package func read() throws -> Corpus {
    for file in files where FileIdentity(of: file.resolved) == nil {
      throw HeldOutError(.missing(model: model), at: .file(file.resolved))
    }
    let test = try section.readTest()
    guard section.test.isEmpty else { return test }
    // A held-out share can be selected again only if the files have not changed.
    guard test.sha256 == record.corpusFingerprint else {
      throw HeldOutError(
        .changed(recorded: record.corpusFingerprint, found: test.sha256),
        at: .file(files[0].resolved))
    }
    return test
  }

  /// Returns a warning if the accuracy differs from the one that `docket run` measured, which means
  /// that the test documents have changed since; `nil` if they have not, or if this cannot be
  /// determined.
  package func changeWarning(_ pipeline: TrainedPipeline, accuracy: Double) -> String? {
    // A rounded model, or another processor, may classify the same documents differently.
    guard let recorded = record.metrics["testAccuracy"], pipeline.precision == .float32,
      record.versions == Provenance.versions, (recorded - accuracy).magnitude > 1e-9
    else { return nil }
    return
      "the test documents have changed since the model was evaluated: accuracy "
      + "\(NumberFormat.percent(recorded)) then, \(NumberFormat.percent(accuracy)) now; restore "
      + "them, or specify the documents: docket evaluate MODEL CORPUS"
  }
}

// MARK: - Documents that were trained on

extension TrainedPipeline {
  /// Returns the corpus settings that the model records.
  ///
  /// - Throws: `ConfigurationErrors` for a record that cannot be read.
  fileprivate func recordedCorpus(folder: String, model: String) throws -> CorpusSection {
    try PipelineDescription.parse(
      record.sourceText, name: "pipeline in \(model)", directory: folder,
      overrides: record.overrides, stages: description.stages, requireFiles: false
    ).corpus
  }

  /// Returns a warning if the model was trained on these documents, as determined by their SHA-256
  /// or by their files; otherwise `nil`.
  package func trainedOnWarning(_ corpus: Corpus, model: String) -> String? {
    guard let found = trainedOnSentence(corpus, model: model) else { return nil }
    guard let section = try? recordedCorpus(folder: ".", model: model),
      !section.testFiles.isEmpty
    else { return found }
    return found + "; without a corpus, docket evaluate uses the documents that training held out"
  }

  /// Returns a sentence that says that the model was trained on these documents; `nil` if it was not,
  /// or if this cannot be determined.
  package func trainedOnSentence(_ corpus: Corpus, model: String) -> String? {
    let tooHigh = "so the scores are too high"
    if corpus.sha256 == record.corpusFingerprint {
      return "these are the documents that the model was trained on, \(tooHigh)"
    }
    if record.earlierCorpora.contains(where: { $0.sha256 == corpus.sha256 }) {
      return "an earlier version of the model was trained on these documents, \(tooHigh)"
    }
    guard let section = try? recordedCorpus(folder: ".", model: model) else { return nil }
    if let copy = corpus.sources.first(where: { $0.sha256 == record.corpusFingerprint }) {
      return "the model was trained on \(copy.path), \(tooHigh)"
    }
    let trained = Set(section.train.compactMap { FileIdentity(of: $0.resolved) })
    guard
      let path = corpus.sources.map(\.path).first(where: { path in
        FileIdentity(of: path).map(trained.contains) ?? false
      })
    else { return nil }
    // The digest of several files does not show which of them have changed.
    return section.train.count == 1
      ? "the model was trained on an earlier version of \(path), so the scores are too high if "
        + "some documents are unchanged"
      : "the model was trained on \(path) and other files, \(tooHigh)"
  }
}

// MARK: - Errors

/// The reason why held-out documents cannot be evaluated, with the model or the file.
public typealias HeldOutError = LocatedError<HeldOutFact>

/// The reason why held-out documents cannot be evaluated.
public enum HeldOutFact: DiagnosableFact {
  /// The model records no test documents.
  case none
  /// A file with the test documents of this model does not exist.
  case missing(model: String)
  /// The file from which a share was held out has changed.
  case changed(recorded: String, found: String)

  /// The stable name of the fact.
  public var code: String {
    switch self {
    case .none: "no-recorded-test"
    case .missing: "held-out-missing"
    case .changed: "held-out-changed"
    }
  }

  /// The category of the fact.
  public var category: FailureCategory {
    switch self {
    case .none: .usage
    case .missing: .missingInput
    case .changed: .badInput
    }
  }

  /// The fact as a sentence.
  public var sentence: String {
    switch self {
    case .none:
      "the model records no test documents, because its pipeline has no corpus.test and no "
        + "corpus.testShare; specify the documents: docket evaluate MODEL CORPUS"
    case .missing(let model):
      "the test file recorded in \(model) does not exist; specify the folder of the pipeline "
        + "file with --folder, or the documents: docket evaluate MODEL CORPUS"
    case .changed(let recorded, let found):
      "the corpus has changed since a share of it was held out for evaluation: SHA-256 "
        + "\(recorded) then, \(found) now; restore it, or specify other documents: docket evaluate "
        + "MODEL CORPUS"
    }
  }
}
