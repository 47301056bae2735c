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
  /// The shares computed by removing each token, if they were requested for comparison.
  public var removal: TokenShares?
  /// The gates of each direction of each layer, if they were requested; empty if the classifier is
  /// not a recurrent network.
  public var gates: [GateTrace]

  /// The share of a score that the words must explain to avoid a warning. If they explain less, a
  /// document with zero vectors has nearly the same score, and that part is split evenly among the
  /// tokens.
  private static let leastExplained = 0.25

  /// The error of the shares, as a share of the score, above which there is a warning.
  private static let largestError = 0.1

  /// Whether the error of the integral is more than a tenth of the score.
  package var isApproximate: Bool {
    guard let integral = shares.integral else { return false }
    return integral.unresolved + abs(integral.gap) > Self.largestError * abs(score - base)
  }

  /// Whether the words explain less than a quarter of the score, because a document with zero
  /// vectors has nearly the same score.
  package var leavesMostUnexplained: Bool {
    guard let neutral = shares.integral?.neutralScore else { return false }
    return abs(score - neutral) < Self.leastExplained * abs(score - base)
  }

  fileprivate var isFinite: Bool {
    let values = shares.values + (removal?.values ?? []) + gates.flatMap(\.influence)
    return score.isFinite && base.isFinite && values.allSatisfy(\.isFinite)
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

/// Options that select what an explanation contains.
public struct ExplanationOptions: Sendable {
  /// How to compute the shares.
  public enum Method: String, CaseIterable, Sendable {
    /// The method of the classifier: integrated gradients of a recurrent network, the terms of a
    /// linear score, removal for any other classifier.
    case auto
    /// Removal of each token in turn, which works with every classifier.
    case removal
  }

  /// The index of the label to explain; `nil` explains the best label of each document.
  public var label: Int?
  /// How to compute the shares.
  public var method: Method
  /// Whether to also compute the shares by removal.
  public var comparesRemoval: Bool
  /// The number of units whose gates to return, per direction; `nil` returns no gates.
  public var units: Int?

  /// Creates options. By default, the shares are those of the best label.
  public init(
    label: Int? = nil, method: Method = .auto, comparesRemoval: Bool = false, units: Int? = nil
  ) {
    self.label = label
    self.method = method
    self.comparesRemoval = comparesRemoval
    self.units = units
  }
}

extension TrainedPipeline {
  /// Returns the prediction for one document with the contribution of each token.
  ///
  /// - Parameter label: the label to explain; `nil` explains the most probable one.
  /// - Throws: the reason why the document cannot be classified.
  /// - Precondition: the model has the label.
  public func explain(
    _ text: String, label: Label? = nil
  ) throws(DocumentError) -> Explanation {
    try explain(Array(text.utf8), label: label)
  }

  /// Returns the prediction for one document like the method above, given its bytes. Bytes that are
  /// not valid UTF-8 are an error.
  public func explain(
    _ bytes: [UInt8], label: Label? = nil
  ) throws(DocumentError) -> Explanation {
    let number = label.map { label in
      guard let number = labels.number(of: label) else {
        preconditionFailure("the model has no label \(label)")
      }
      return number
    }
    return try explain([bytes], label: number, threads: 1)[0].get()
  }

  /// Returns the prediction for each document with the contribution of each token, in order.
  ///
  /// - Parameters:
  ///   - documents: UTF-8 bytes. An unusable document does not affect the others.
  ///   - label: the index of the label to explain; `nil` explains the best label of each document.
  ///   - threads: the number of threads; never changes the result.
  public func explain(
    _ documents: [[UInt8]], label: Int? = nil, threads: Int
  ) -> [Result<Explanation, DocumentError>] {
    explain(documents, ExplanationOptions(label: label), threads: threads)
  }

  /// Returns the prediction for each document with the contribution of each token, in order.
  ///
  /// - Parameters:
  ///   - documents: UTF-8 bytes. An unusable document does not affect the others.
  ///   - options: what to compute.
  ///   - threads: the number of threads; never changes the result.
  public func explain(
    _ documents: [[UInt8]], _ options: ExplanationOptions, threads: Int
  ) -> [Result<Explanation, DocumentError>] {
    let empty = EncodedDocument(rows: [], hashes: [])
    let none = outcomes(of: [empty], threads: 1)[0].mapError {
      DocumentError(.unprocessable($0), at: nil)
    }
    let prepared = preparation.prepare(documents, threads: threads)
    let traces = trace(documents, threads: threads)
    // A single document gets all threads; several documents get one each.
    let inner = documents.count == 1 ? threads : 1
    return Shards.map(count: documents.count, threads: threads) { number in
      prepared[number].flatMap { document in
        traces[number].flatMap { trace in
          none.flatMap { none in
            let explanation = explain(
              document, trace, options, probabilitiesOfNone: none, threads: inner)
            return checked(explanation)
          }
        }
      }
    }
  }

  /// Returns an explanation with one finite share per token, or an error.
  private func checked(_ explanation: Explanation) -> Result<Explanation, DocumentError> {
    let (count, expected) = (explanation.shares.values.count, explanation.tokens.count)
    if count != expected {
      return .failure(
        DocumentError(
          .unprocessable(
            .invalidResult(
              of: classifierName,
              "expected \(expected) contributions, one per token; found \(count)"))))
    }
    return explanation.isFinite ? .success(explanation) : .failure(DocumentError(.scoreNotFinite))
  }

  private func explain(
    _ document: PreparedDocument, _ trace: Traced, _ options: ExplanationOptions,
    probabilitiesOfNone none: [Float], threads: Int
  ) -> Explanation {
    let encoded = document.encoded(by: model.embedding)
    let label = options.label ?? trace.prediction.best
    var removal: TokenShares?
    if options.comparesRemoval || options.method == .removal {
      removal = TokenShares.byRemoval(
        from: encoded, label: label, model: model, threads: threads)
    }
    let own = options.method == .removal ? removal : nil
    let shares = own ?? model.shares(of: encoded, for: label, threads: threads)
    let score = TokenShares.score(of: label, in: trace.classifierProbabilities)
    let base = TokenShares.score(of: label, in: none)
    var explanation = Explanation(
      prediction: trace.prediction, label: label, score: score, base: base, tokens: document.tokens,
      shares: shares,
      removal: options.comparesRemoval ? removal : nil,
      gates: options.units.map {
        model.gates(of: encoded, for: label, units: $0, threads: threads)
      } ?? [])
    if explanation.leavesMostUnexplained {
      explanation.prediction.warnings.append(DocumentWarning(code: "neutral-decides", count: 1))
    }
    if explanation.isApproximate {
      explanation.prediction.warnings.append(DocumentWarning(code: "approximate-shares", count: 1))
    }
    return explanation
  }
}
