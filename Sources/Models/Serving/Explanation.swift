public import PipelineCore

/// A prediction, and the contribution of each token to the score of one label.
public struct Explanation: Sendable {
  /// The prediction, as `predict` returns it.
  public var prediction: Prediction
  /// The index of the explained label.
  public var label: Int
  /// The score of the label, in nats: its logit minus the mean of all logits.
  public var score: Double
  /// The score of the label for a document without tokens.
  public var base: Double
  /// The tokens, at most `limits.tokens`.
  public var tokens: TokenSequence
  /// The contribution of each token to the score, in nats.
  public var shares: TokenShares

  fileprivate var isFinite: Bool {
    score.isFinite && base.isFinite && shares.values.allSatisfy(\.isFinite)
  }

  /// Returns the indices of the `count` tokens with the largest absolute shares, largest first;
  /// ties are in document order.
  public func strongest(_ count: Int) -> [Int] {
    let order = shares.values.indices.sorted {
      (-abs(shares.values[$0]), $0) < (-abs(shares.values[$1]), $1)
    }
    return Array(order.prefix(count))
  }
}

extension TrainedPipeline {
  /// Returns the prediction for each document with the contribution of each token, in order.
  ///
  /// - Parameters:
  ///   - documents: UTF-8 bytes. An unusable document does not affect the others.
  ///   - label: the index of the label to explain; `nil` explains the best label of each document.
  ///   - threads: the number of threads; never changes the result.
  public func explain(
    _ documents: [[UInt8]], label: Int? = nil, threads: Int
  ) -> [Result<Explanation, DocumentError>] {
    let table = model.embedding
    let empty = EncodedDocument(rows: [], hashes: [])
    let none = model.outcomes(of: [empty], threads: 1)[0].mapError {
      DocumentError(.unprocessable($0), at: nil)
    }
    let prepared = preparation.prepare(documents, threads: threads)
    let predictions = predict(documents, threads: threads)
    // A single document gets all threads; several documents get one each.
    let inner = documents.count == 1 ? threads : 1
    return Shards.map(count: documents.count, threads: threads) { number in
      prepared[number].flatMap { document in
        predictions[number].flatMap { prediction in
          none.flatMap { none in
            let label = label ?? prediction.best
            let explanation = Explanation(
              prediction: prediction, label: label,
              score: TokenShares.score(of: label, in: prediction.probabilities),
              base: TokenShares.score(of: label, in: none), tokens: document.tokens,
              shares: model.shares(of: document.encoded(by: table), for: label, threads: inner))
            return explanation.isFinite
              ? .success(explanation) : .failure(DocumentError(.scoreNotFinite, at: nil))
          }
        }
      }
    }
  }
}
