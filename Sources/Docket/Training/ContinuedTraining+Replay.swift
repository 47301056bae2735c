import Corpora
import FileAccess
import Messages
import Models
import PipelineCore
import Reports
import PipelineFiles

/// What a training does beside the usual when it goes on from a model.
extension ContinuedTraining {
  /// The test documents of all that the model has learned from, and the model's figures on them.
  struct OldTest {
    var corpus: Corpus
    var before: Evaluation
  }

  /// Measures the model on its old test documents, before anything else; `nil` when there are none.
  ///
  /// - Throws: `DocumentError` for a document that cannot be used.
  func oldTest(threads: Int, note: (String) -> Void) throws -> OldTest? {
    let documents = readOldTests(note: note)
    guard !documents.isEmpty else { return nil }
    let corpus = Corpus(documents: documents, sources: [], warnings: [], faults: RowFaults())
    let before = try model.evaluate(on: corpus, threads: threads)
    if learned.count == 1, let recorded = model.record.figures["testAccuracy"],
      (recorded - before.accuracy).magnitude > 1e-9
    {
      note(
        "warning: the old test documents are not those that \(path) was measured with, accuracy "
          + "\(NumberFormat.percent(recorded)) then and \(NumberFormat.percent(before.accuracy)) now"
      )
    }
    return OldTest(corpus: corpus, before: before)
  }

  /// The test documents of each old corpus; those that cannot be read are passed over with a note.
  private func readOldTests(note: (String) -> Void) -> [CorpusDocument] {
    var documents: [CorpusDocument] = []
    var seen: Set<String> = []
    for corpus in learned where !corpus.section.test.isEmpty || corpus.section.testShare > 0 {
      do {
        let test = try corpus.section.readTest()
        // What is held out of a corpus is held out of that corpus only.
        guard !corpus.section.test.isEmpty || test.sha256 == corpus.sha256 else {
          let fact = ContinuedTrainingError.Fact.otherCorpus(
            recorded: corpus.sha256, found: test.sha256)
          throw ContinuedTrainingError(fact, file: corpus.name)
        }
        // Many a generation is tested with the same file.
        if seen.insert("\(test.sha256) \(corpus.section.testShare)").inserted {
          documents += test.documents
        }
      } catch {
        let reason = (error as? any DiagnosableError)?.sentence ?? "\(error)"
        note("warning: the old test documents of \(corpus.name) cannot be used: \(reason)")
      }
    }
    return documents
  }

  /// Adds old documents to new ones, so that what they taught is not forgotten.
  func replay(
    into material: inout TrainingMaterial, training: TrainingSettings, note: (String) -> Void
  ) {
    let count = Int((training.replay * Double(material.training.count)).rounded())
    let replay = Replay(
      of: learned, count: count, seed: training.seed, new: material.identity.corpus)
    for sentence in replay.missing {
      note("warning: not replayed, so what it taught may be forgotten: \(sentence)")
    }
    note(
      "going on from \(path) with \(material.training.count) new documents and "
        + "\(replay.training.count) of \(replay.available) old ones")
    material.training += replay.training
    // A file of validation documents is all that the best epoch is to be chosen by.
    if case .share = description.corpus.validation { material.validation += replay.validation }
    material.replay = replay
  }

  /// What became of the model.
  func forgetting(
    of pipeline: TrainedPipeline, _ old: OldTest?, _ material: TrainingMaterial, newWords: Int,
    threads: Int
  ) throws -> Forgetting {
    let replayed = material.replay?.training.count ?? 0
    return Forgetting(
      model: path, sha256: digest, newDocuments: material.training.count - replayed,
      replayed: replayed, available: material.replay?.available ?? 0,
      newLabels: material.newLabels, newWords: newWords, missing: material.replay?.missing ?? [],
      figures: try old.map {
        (.init($0.before), .init(try pipeline.evaluate(on: $0.corpus, threads: threads)))
      })
  }
}
