import NumericKernels
public import PipelineCore

/// The integral of the gradient of a label's score along the path from zero vectors to the token
/// vectors.
///
///     share_t = integral over a from 0 to 1 of  dS(a x)/d(a x_t) . x_t
///
/// The path is divided into intervals, each integrated with the four-point Gauss rule. The sum over
/// all tokens in an interval is known: it is the difference of the scores at its ends. Intervals
/// whose sum is wrong are halved until the total error is small. This is necessary with max
/// pooling, where the gradient jumps when another step takes over a maximum, and for long
/// documents, whose states can flip from one attractor to another at a point on the path. If the
/// sum of an interval is still wrong at the end, the tokens' parts are multiplied by one factor to
/// correct it.
///
/// **Source:** Sundararajan, Taly, Yan 2017.
struct IntegratedGradients<Scalar: BuiltInScalar> {
  private let network: RecurrentNetwork<Scalar>
  private let input: ProjectedDocument<Scalar>
  private let label: Int
  private let threads: Int

  /// The minimum score difference, in nats, that the tolerance is relative to.
  private static var smallestDifference: Double { 0.1 }
  /// The initial number of intervals.
  private static var firstIntervals: Int { 4 }
  /// The width at or below which an interval is not halved. The state of a long document can flip
  /// from one attractor to another within 1e-12 of the path.
  private static var narrowest: Double { 0x1p-20 }
  /// The number of tokens that one worker processes together. It limits the memory of a worker. It
  /// does not depend on the number of threads, because the result must not.
  private static var tokensTogether: Int { 4096 }
  /// The points of the Gauss rule in -1...1 and their weights.
  private static var rule: [(point: Double, weight: Double)] {
    let (inner, outer) = (0.339981043584856265, 0.861136311594052575)
    let (heavy, light) = (0.652145154862546143, 0.347854845137453857)
    return [(-outer, light), (-inner, heavy), (inner, heavy), (outer, light)]
  }

  /// Creates the integral for a document.
  init(
    _ network: RecurrentNetwork<Scalar>, _ vectors: [Scalar], label: Int, threads: Int
  ) {
    self.network = network
    self.label = label
    self.threads = threads
    input = ProjectedDocument(vectors, network)
  }

  /// An interval of the path with its part of the integral.
  private struct Interval {
    var range: ClosedRange<Double>
    /// The scores at the ends of the interval.
    var scores: (first: Double, last: Double)
    /// The part of each token, `[T]`.
    var values: [Double]

    /// Multiplies the parts so that their sum is the difference of the scores, unless that would
    /// change their sign or divide by a sum that is only rounding error.
    mutating func rescale() {
      let (sum, difference) = (values.reduce(0, +), scores.last - scores.first)
      let size = values.reduce(0) { $0 + abs($1) }
      guard sum * difference > 0, abs(sum) > 1e-6 * size else { return }
      for t in values.indices { values[t] *= difference / sum }
    }

    var width: Double { range.upperBound - range.lowerBound }

    /// The difference of the scores minus the sum of the parts.
    var error: Double { scores.last - scores.first - values.reduce(0, +) }
  }

  /// Returns the share of each token, `[T]`, and facts about the integral.
  func callAsFunction(
    _ precision: IntegralPrecision
  ) -> (values: [Double], integral: GradientIntegral) {
    let ends = (0...Self.firstIntervals).map { Double($0) / Double(Self.firstIntervals) }
    let scores = evaluate(ends, withTokens: false).map(\.score)
    let (first, last) = (scores.first ?? 0, scores.last ?? 0)
    let accepted = precision.tolerance * max(abs(last - first), Self.smallestDifference)
    var points = 0
    var intervals = integrate(
      zip(zip(ends, ends.dropFirst()), zip(scores, scores.dropFirst())).map {
        ($0.0...$0.1, ($1.0, $1.1))
      }, &points)
    while true {
      let errors = intervals.map { abs($0.error) }
      guard errors.reduce(0, +) > accepted else { break }
      // Handle the largest errors first: a network can flip at a single point on the path, and then
      // all points are needed there.
      let limit = max(accepted / Double(intervals.count), (errors.max() ?? 0) / 4)
      let wrong = intervals.indices.filter {
        errors[$0] >= limit && intervals[$0].width > Self.narrowest
      }
      guard !wrong.isEmpty, points + 8 * wrong.count <= precision.points else { break }
      let middles = wrong.map {
        (intervals[$0].range.lowerBound + intervals[$0].range.upperBound) / 2
      }
      let between = evaluate(middles, withTokens: false).map(\.score)
      let halves = wrong.indices.flatMap { number in
        let (whole, middle) = (intervals[wrong[number]], middles[number])
        return [
          (whole.range.lowerBound...middle, (whole.scores.first, between[number])),
          (middle...whole.range.upperBound, (between[number], whole.scores.last)),
        ]
      }
      let isWrong = Set(wrong)
      intervals = intervals.indices.filter { !isWrong.contains($0) }.map { intervals[$0] }
      intervals += integrate(halves, &points)
      // Sort by position on the path, so that sums do not depend on the order of the divisions.
      intervals.sort { $0.range.lowerBound < $1.range.lowerBound }
    }
    let errors = intervals.map { abs($0.error) }
    var unresolved = 0.0
    if errors.reduce(0, +) > accepted {
      // Where the score changes too steeply for the number of points, only the ratios of the parts
      // are correct, so scale the parts to the known sum.
      for (k, error) in errors.enumerated() where error > accepted / Double(errors.count) {
        unresolved += error
        intervals[k].rescale()
      }
    }
    var values = Array(repeating: 0.0, count: input.count)
    for interval in intervals { for t in values.indices { values[t] += interval.values[t] } }
    let gap = last - first - values.reduce(0, +)
    return (
      values,
      GradientIntegral(neutralScore: first, points: points, unresolved: unresolved, gap: gap)
    )
  }

  private func integrate(
    _ parts: [(range: ClosedRange<Double>, scores: (Double, Double))], _ points: inout Int
  ) -> [Interval] {
    let rule = Self.rule
    let nodes = parts.flatMap { part in
      rule.map { node in
        let (low, high) = (part.range.lowerBound, part.range.upperBound)
        return (low + high) / 2 + (high - low) / 2 * node.point
      }
    }
    points += nodes.count
    let slopes = evaluate(nodes, withTokens: true)
    return parts.enumerated().map { number, part in
      let half = (part.range.upperBound - part.range.lowerBound) / 2
      var values = Array(repeating: 0.0, count: input.count)
      for (k, node) in rule.enumerated() {
        let slope = slopes[number * rule.count + k].values
        for t in values.indices { values[t] += half * node.weight * slope[t] }
      }
      return Interval(range: part.range, scores: part.scores, values: values)
    }
  }

  private func evaluate(_ points: [Double], withTokens: Bool) -> [DocumentPass<Scalar>.Slope] {
    let size = max(1, Self.tokensTogether / max(input.count, 1))
    let blocks = Shards.ranges(of: points.count, size: min(size, 16))
    let results = Shards.map(count: blocks.count, threads: threads) { number in
      DocumentPass(network, input).slopes(
        at: Array(points[blocks[number]]), label: label, withTokens: withTokens)
    }
    return results.flatMap { $0 }
  }
}

/// The precision with which an integral is computed.
package struct IntegralPrecision: Sendable {
  /// The maximum sum of the errors of all intervals, relative to the difference of the scores at
  /// the ends of the path.
  package var tolerance: Double
  /// The maximum number of points. With 512, a document of 1,024 tokens takes as long as removing
  /// each of its tokens in turn.
  package var points: Int

  /// Creates a precision; the defaults are those of `shares`.
  package init(tolerance: Double = 1e-3, points: Int = 512) {
    self.tolerance = tolerance
    self.points = points
  }

  /// The precision for sums over many documents: the minimum number of points, which is enough to
  /// rank the tokens.
  static let quick = IntegralPrecision(tolerance: 0.05, points: 16)
}

extension RecurrentModel {
  /// Returns integrated gradients over the vectors of the tokens, plus the exact terms of the
  /// linear part; only these terms if the network is left out.
  ///
  /// The passes run in `Double`, except for cells from other packages, which compute in `Float`.
  public func shares(
    of document: EncodedDocument, for label: Int, threads: Int
  ) -> TokenShares {
    shares(of: document, for: label, IntegralPrecision(), threads: threads)
  }

  /// Returns integrated gradients computed with the given precision.
  package func shares(
    of document: EncodedDocument, for label: Int, _ precision: IntegralPrecision, threads: Int
  ) -> TokenShares {
    if leavesOutNetwork, let linearPart {
      return linearPart.shares(of: document, for: label, threads: threads)
    }
    return network.shape.cell.isRegistered
      ? shares(of: document, for: label, precision, threads: threads, in: Float.self)
      : shares(of: document, for: label, precision, threads: threads, in: Double.self)
  }

  /// Returns integrated gradients of the network alone, computed at 16 points; `nil` if the network
  /// is left out. `strongestNGrams` covers the linear part.
  public func quickShares(
    of document: EncodedDocument, for label: Int, threads: Int
  ) -> TokenShares? {
    guard !leavesOutNetwork else { return nil }
    return network.shape.cell.isRegistered
      ? networkShares(of: document, for: label, .quick, threads: threads, in: Float.self)
      : networkShares(of: document, for: label, .quick, threads: threads, in: Double.self)
  }

  /// 240, with 16 points: a backward pass takes about twice as long as a forward pass, and both run
  /// in double precision for one document at a time.
  public var quickShareCost: Int { 240 }

  /// Returns the n-grams of the linear part with the largest weights; none without a linear part.
  public func strongestNGrams(
    in documents: [EncodedDocument], count: Int, threads: Int
  ) -> [[WeightedNGram]] {
    linearPart?.strongestNGrams(in: documents, count: count, threads: threads) ?? []
  }

  private func shares<Scalar: BuiltInScalar>(
    of document: EncodedDocument, for label: Int, _ precision: IntegralPrecision, threads: Int,
    in type: Scalar.Type
  ) -> TokenShares {
    var shares = networkShares(
      of: document, for: label, precision, threads: threads, in: Scalar.self)
    guard let linearPart, document.tokenCount > 0 else { return shares }
    let linear = linearPart.shares(of: document, for: label, threads: threads).values
    for token in shares.values.indices { shares.values[token] += linear[token] }
    // The neutral document has no n-grams.
    shares.integral?.neutralScore += linearPart.score(ofNoTokensFor: label)
    return shares
  }

  /// Returns integrated gradients of the network alone.
  private func networkShares<Scalar: BuiltInScalar>(
    of document: EncodedDocument, for label: Int, _ precision: IntegralPrecision, threads: Int,
    in type: Scalar.Type
  ) -> TokenShares {
    let count = document.tokenCount
    guard count > 0 else { return TokenShares(method: .integratedGradients, values: []) }
    let plain = network.forExplaining(in: Scalar.self)
    let integrated = IntegratedGradients(
      plain, network.vectors(of: document, in: Scalar.self), label: label, threads: threads)
    var (values, integral) = integrated(precision)
    let none = DocumentPass(plain, ProjectedDocument([], plain)).slopes(
      at: [1], label: label, withTokens: false)
    let equalPart = (integral.neutralScore - none[0].score) / Double(count)
    for token in values.indices { values[token] += equalPart }
    return TokenShares(method: .integratedGradients, values: values, integral: integral)
  }
}
