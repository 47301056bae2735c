import Corpora
import FileAccess
import Messages
import Models
import PipelineCore
import PipelineFiles
import Tokenization

/// A draft of a pipeline file for a corpus, with comments about the data.
package struct PipelineDraft: Sendable {
  /// The pipeline file.
  package let text: String
  /// The usable training documents.
  private let documents: Corpus
  /// The folder of the pipeline file, which its paths are relative to.
  private let folder: String
  private let stages: StageRegistry

  /// Returns the files and folders that a draft for `corpus` reads documents from.
  ///
  /// - Throws: `FileError` if the path cannot be examined.
  package static func files(of corpus: String, test: String? = nil) throws -> [String] {
    let files = try CorpusFiles(at: corpus, test: test)
    return [files.train, files.test, files.validation].compactMap { $0 }
  }

  /// Reads the data and drafts a pipeline.
  ///
  /// - Parameters:
  ///   - corpus: a file or folder; `test` and `validation` files next to `train` are found
  ///     automatically.
  ///   - test: the test documents, if they are not next to the training documents.
  ///   - vectors: a file of word vectors, if any.
  ///   - unlabelled: a file or folder of unlabelled documents, if any.
  ///   - encoder: a model to start from, if any.
  ///   - reading: settings of the `corpus` section, such as `labelColumn`, for reading the corpus.
  ///     They are also written to the draft.
  ///   - measures: whether text preparations are compared by the accuracy of a simple classifier.
  ///     They are not compared if there is a model to start from, because that model determines the
  ///     text preparation.
  ///   - folder: the folder of the pipeline file, which its paths are relative to.
  ///   - stages: the stages that the draft may use.
  ///   - threads: the number of threads; never affects the result.
  /// - Throws: a `DiagnosableError` for unusable data.
  package init(
    corpus: String, test: String? = nil, vectors: String?, unlabelled: String? = nil,
    encoder: DraftEncoder? = nil,
    reading: [(setting: String, value: String)] = [],
    recipe: DraftRecipe = DraftRecipe(.accurate), measures: Bool = true, folder: String = ".",
    stages: StageRegistry, threads: Int, report: @escaping (TrainingEvent) -> Void = { _ in }
  ) throws {
    let files = try CorpusFiles(at: corpus, test: test)
    let facts = try DraftFacts(
      files, vectors: vectors, reading: reading, recipe: recipe,
      measures: measures && encoder == nil, stages: stages, threads: threads, report: report)
    text =
      DraftText(
        recipe: recipe, facts: facts, files: files, vectors: vectors,
        unlabelled: unlabelled, encoder: encoder, paths: DraftPaths(folder: folder),
        defaults: TrainingDefaults(
          documents: facts.part.documents, tokens: facts.part.tokens)
      ).text
    (documents, self.folder, self.stages) = (facts.corpus, folder, stages)
  }

  /// Estimates the time and memory of a run by training on a few documents.
  ///
  /// - Returns: `nil` if the pipeline cannot be trained (`docket check` explains why), or if its
  ///   training cannot be estimated.
  package func estimate(
    threads: Int, report: @escaping (TrainingEvent) -> Void = { _ in }
  ) -> RunEstimate? {
    report(.phase(PhaseRecord(.estimating)))
    guard
      let description = try? PipelineDescription.parse(
        text, name: "draft", directory: folder, stages: stages, requireFiles: true)
    else { return nil }
    var training = PipelineTraining(description, threads: threads)
    training.documents = CorpusParts(training: documents)
    let problems = PlanProblems(areCollected: false)
    guard let parts = try? training.readParts(for: .training, problems),
      let decision = try? description.decidingText(on: parts.training, threads: threads),
      let plan = try? training.trial(parts, decision, problems)
    else { return nil }
    return try? RunEstimate(plan)
  }
}
