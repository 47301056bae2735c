import Classifiers
import Corpora
import Models
import PipelineCore
import PipelineFiles

extension PipelineTraining {
  /// What to go on from, and where the state goes; `nil` when nothing is to be kept.
  ///
  /// - Throws: `CheckpointError`.
  func checkpointPlan(_ identity: TrainingIdentity) throws -> CheckpointPlan? {
    guard let checkpoints else { return nil }
    var state: TrainingState?
    if resumes {
      state = try checkpoints.newest(for: identity, note: note)
      if let state {
        note("going on from epoch \(state.epoch), step \(state.step + 1)")
      } else {
        note("there is no checkpoint in \(checkpoints.path); beginning at the beginning")
      }
    } else if !checkpoints.numbers.isEmpty {
      note(
        "warning: beginning anew; --resume would go on from the checkpoints in "
          + "\(checkpoints.path), which the first new one replaces")
    }
    let minutes = description.training.checkpointMinutes
    return CheckpointPlan(
      resume: state, interval: minutes > 0 ? .seconds(minutes * 60) : nil,
      save: { try checkpoints.save($0, identity) })
  }

  /// Trains the classifier on documents; a checkpoint that does not fit it is a fault of the
  /// checkpoint.
  func fitModel(
    _ task: TrainingTask, on documents: [CorpusDocument]
  ) throws -> any ClassifierModel {
    do {
      // A linear classifier by itself reads all old documents, like one beside a network.
      let isLinear = description.classifier is NGramClassifier
      return try description.classifier.fitModel(isLinear ? task.withAllExamples : task)
    } catch TrainingError.diverged(let divergence) {
      throw DivergedTraining(
        divergence: divergence, places: Self.places(divergence, documents),
        learningRate: description.training.learningRate)
    } catch let error as TensorError {
      guard let checkpoints, task.checkpoints?.resume != nil else { throw error }
      throw CheckpointError(.unfit(error.sentence), at: .file(checkpoints.path))
    }
  }
}
