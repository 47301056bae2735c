import Corpora
import Embeddings
import FileAccess
import Models
import PipelineCore
import PipelineFiles

extension PipelineTraining {
  /// Returns the unlabelled documents; `nil` if there are none or no vectors are learned from them.
  func unlabelled(
    for data: TrainingData, _ description: PipelineDescription, _ preparation: TextPreparation,
    _ counts: WordCounts
  ) -> UnlabelledDocuments? {
    guard !description.corpus.unlabelled.isEmpty,
      description.embedding?.learnsFromUnlabelledText == true
    else { return nil }
    guard continued == nil else {
      note("corpus.unlabelled is not read: the word vectors come from the model")
      return nil
    }
    return UnlabelledDocuments(
      data, preparation, known: counts.vocabulary, threads: threads)
  }

  /// Returns the pipeline reduced to fit `training.minutes`, and a sentence about the reductions;
  /// `nil` if there is no limit, if the cost of the classifier is unknown, or if no epoch fits and
  /// the model is continued from another.
  ///
  /// - Throws: any error from reading the unlabelled text to count its tokens.
  func planBudget(
    _ description: PipelineDescription, _ prepared: [PreparedDocument],
    _ validation: [PreparedDocument], _ labelCount: Int, _ unlabelled: UnlabelledDocuments?
  ) throws -> (description: PipelineDescription, sentence: String)? {
    guard let minutes = description.training.minutes,
      let classifier = description.classifier as? any BudgetedClassifier
    else { return nil }
    let learnsVectors = continued == nil
    var counts = TrainingBudget.Counts(
      lengths: prepared.map(\.tokens.count), validation: validation.map(\.tokens.count),
      labels: labelCount)
    if learnsVectors {
      try unlabelled?.read { _ in }
      counts.linearTokens = unlabelled?.finding?.classifierTokens ?? 0
      counts.otherTokens =
        try (unlabelled?.finding?.tokens ?? 0) + furtherTokens(description)
    }
    let budget = TrainingBudget(
      description, classifier, counts, minutes: minutes, learnsVectors: learnsVectors)
    if budget.epochs == 0, continued != nil { return nil }
    let tokens = counts.lengths.reduce(counts.otherTokens, +)
    let all = (description.embedding?.parts ?? []).map { part in
      (part as? any TextTrainedEmbedding)?.passes(forTokens: tokens) ?? 0
    }
    return (
      budget.applied(to: description, classifier),
      budget.sentence(description, allPasses: learnsVectors ? all : all.map { _ in 0 })
    )
  }

  /// Returns the number of tokens in the text that `pretrain.text` names.
  private func furtherTokens(_ description: PipelineDescription) throws -> Int {
    let files = (description.embedding?.parts ?? [])
      .flatMap { ($0 as? any TextTrainedEmbedding)?.textFiles ?? [] }
    let tokenize = TextPreparation(description)
      .embeddingTask(for: [], seed: 0, threads: threads).tokenize
    var (text, tokens) = (UnlabelledText(), 0)
    for file in files {
      try text.read(file.resolved, tokenize: tokenize) { documents in
        tokens += documents.reduce(0) { $0 + $1.count }
      }
    }
    return tokens
  }
}
