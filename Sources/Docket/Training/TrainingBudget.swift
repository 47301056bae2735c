import Embeddings
import Messages
import PipelineCore
import PipelineFiles

/// The plan that keeps training within `training.minutes`, made from counts before training starts.
///
/// Times are estimated for a reference machine with fixed speeds, whatever the actual machine,
/// threads and load, so the same pipeline and documents always lead to the same plan and model. A
/// machine half as fast takes twice as long.
struct TrainingBudget: Equatable {
  /// The speeds of the reference machine: two threads of a processor with AVX2 at 2.5 GHz.
  enum Reference {
    /// Multiply-adds per second of training a network.
    static let network = 80e9
    /// Products per second of training word vectors.
    static let vectors = 7e9
    /// Seconds per token for fitting the linear part, and additional seconds per token and label.
    static let linear = (base: 2e-6, label: 0.5e-6)
  }

  /// The counts that determine the training time.
  struct Counts {
    /// The number of tokens in each training document, after truncation to the limit.
    var lengths: [Int]
    /// The number of tokens in each validation document.
    var validation: [Int]
    /// The number of tokens in other text that vectors are learned from.
    var otherTokens = 0
    /// The number of tokens in unlabelled documents that the linear part learns from.
    var linearTokens = 0
    /// The number of labels, `C`.
    var labels: Int
  }

  /// The number of epochs; 0 for the linear part alone.
  var epochs: Int
  /// The number of passes for the vectors of each embedding; 0 if none are learned.
  var passes: [Int]
  /// The maximum number of tokens in a document; `nil` for the limit of the pipeline.
  var tokens: Int?
  /// The estimated time on the reference machine, in seconds.
  var seconds: Double

  /// The token limits to try if reducing the epochs is not enough.
  private static let limits = [512, 256, 128, 64]
  /// The number of epochs below which documents are shortened instead.
  private static let fewestEpochs = 3

  /// Plans the training of a pipeline.
  ///
  /// - Parameter learnsVectors: whether vectors can be learned from text.
  init(
    _ description: PipelineDescription, _ classifier: any BudgetedClassifier, _ counts: Counts,
    minutes: Double, learnsVectors: Bool
  ) {
    let parts = (description.embedding?.parts ?? []).map { $0 as? any TextTrainedEmbedding }
    // Vectors in files usually have 300 dimensions; the file has not been read yet.
    let width = parts.reduce(0) { $0 + ($1?.vectorWidth ?? 300) }
    func passesWanted(_ tokens: Int) -> [Int] {
      parts.map { learnsVectors ? $0?.passes(forTokens: tokens) ?? 0 : 0 }
    }
    let wanted = description.training.epochs
    func tokenCount(_ lengths: [Int], _ limit: Int?) -> Double {
      Double(lengths.reduce(0) { $0 + min($1, limit ?? $1) })
    }
    func linearSeconds(_ limit: Int?) -> Double {
      let tokens = tokenCount(counts.lengths, limit) + Double(counts.linearTokens)
      return tokens * (Reference.linear.base + Reference.linear.label * Double(counts.labels))
    }
    func epochSeconds(_ limit: Int?) -> Double {
      // The backward pass takes twice the time of the forward pass.
      let tokens =
        3 * tokenCount(counts.lengths, limit) + tokenCount(counts.validation, limit)
      return tokens * classifier.multiplyAddsPerToken(vectorWidth: width)
        / Reference.network
    }
    func vectorSeconds(_ passes: [Int], _ limit: Int?) -> Double {
      let tokens = tokenCount(counts.lengths, limit) + Double(counts.otherTokens)
      return passes.indices.reduce(0) { sum, part in
        let products = parts[part]?.multiplyAddsPerToken ?? 0
        return sum + Double(passes[part]) * tokens * products / Reference.vectors
      }
    }
    let none = parts.map { _ in 0 }
    (epochs, passes, tokens, seconds) = (0, none, nil, linearSeconds(nil))
    let longest = (counts.lengths + counts.validation).max() ?? 0
    for limit in [nil] + Self.limits.filter({ $0 < longest }).map(Optional.some) {
      let text = Int(tokenCount(counts.lengths, limit)) + counts.otherTokens
      let all = passesWanted(text)
      let epoch = epochSeconds(limit)
      let rest = 60 * minutes - linearSeconds(limit)
      let share = rest / max(vectorSeconds(all, limit) + Double(wanted) * epoch, 1e-9)
      passes =
        share >= 1 ? all : all.map { $0 == 0 ? 0 : max(1, Int(Double($0) * max(share, 0))) }
      let fitting = max(0, rest - vectorSeconds(passes, limit)) / max(epoch, 1e-12)
      (epochs, tokens) = (share >= 1 ? wanted : Int(min(Double(wanted), fitting)), limit)
      seconds = linearSeconds(limit) + vectorSeconds(passes, limit) + Double(epochs) * epoch
      if epochs >= min(Self.fewestEpochs, wanted) { return }
    }
    guard epochs == 0 else { return }
    if classifier.linearAlternative == nil {
      epochs = 1
      seconds += epochSeconds(tokens)
    } else {
      (passes, tokens, seconds) = (none, nil, linearSeconds(nil))
    }
  }

  /// Returns the pipeline with this plan.
  func applied(
    to description: PipelineDescription, _ classifier: any BudgetedClassifier
  ) -> PipelineDescription {
    var description = description
    guard epochs > 0 else {
      if let linear = classifier.linearAlternative { description.classifier = linear }
      description.embedding = nil
      return description
    }
    description.training.epochs = epochs
    if let tokens { description.limits.tokens = min(tokens, description.limits.tokens) }
    description.embedding = description.embedding.map { embedding in
      JoinedEmbedding(
        zip(embedding.parts, passes).map { part, passes in
          guard passes > 0, let part = part as? any TextTrainedEmbedding else { return part }
          return part.with(passes: passes)
        })
    }
    return description
  }

  /// Returns a sentence about the reductions.
  ///
  /// - Parameter all: the number of passes without a time limit.
  func sentence(_ description: PipelineDescription, allPasses all: [Int]) -> String {
    let estimate =
      "about \(NumberFormat.decimal(seconds / 60, seconds < 60 ? 2 : 1)) min on the reference machine"
    guard epochs > 0 else {
      return
        "training.minutes: the linear part alone, because one epoch of the network does not fit; "
        + estimate
    }
    var changes: [String] = []
    let wanted = description.training.epochs
    if epochs < wanted {
      changes.append("\(NumberFormat.count(epochs, "epoch", "epochs")) instead of \(wanted)")
    }
    for (passes, all) in zip(passes, all) where passes < all {
      changes.append(
        "\(NumberFormat.count(passes, "pass", "passes")) for vectors instead of \(all)")
    }
    if let tokens {
      changes.append("\(tokens) tokens per document instead of \(description.limits.tokens)")
    }
    let plan = changes.isEmpty ? "nothing has to be reduced" : changes.joined(separator: ", ")
    return "training.minutes: \(plan); \(estimate)"
  }
}
