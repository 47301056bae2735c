/// The gates and states of one direction of a recurrent layer along a document.
///
/// Arrays with one value per token are in document order, even if the direction reads backward.
public struct GateTrace: Sendable, Equatable {
  /// A sequence with one value per token.
  public struct Curve: Sendable, Equatable {
    /// The quantity: `input`, `forget`, `output` and `cell` of an LSTM; `reset` and `update` of a
    /// GRU; `hidden` of every cell.
    public var name: String
    /// The values, `[T]`.
    public var values: [Double]

    /// Creates a curve.
    public init(name: String, values: [Double]) {
      self.name = name
      self.values = values
    }
  }

  /// A hidden unit.
  public struct Unit: Sendable, Equatable {
    /// The number of the unit in its direction, from 0.
    public var number: Int
    /// The part of the score that passes through the unit, in nats: its state, as read by the layer
    /// above or the pooling, times the gradient of the score with respect to that state. In the
    /// last layer, without attention, the effects of all units and the bias sum to the score of the
    /// network.
    public var effect: Double
    /// The token at which the unit has the maximum that max pooling keeps; `nil` for other pooling.
    public var token: Int?
    /// The gates and states of the unit.
    public var curves: [Curve]

    /// Creates a unit.
    public init(number: Int, effect: Double, token: Int?, curves: [Curve]) {
      self.number = number
      self.effect = effect
      self.token = token
      self.curves = curves
    }
  }

  /// The maxima that max pooling takes from a token.
  public struct Maximum: Sendable, Equatable {
    /// The token.
    public var token: Int
    /// The number of units whose maximum is at the token.
    public var units: Int
    /// The sum of their effects, in nats.
    public var effect: Double

    /// Creates the maxima of a token.
    public init(token: Int, units: Int, effect: Double) {
      self.token = token
      self.units = units
      self.effect = effect
    }
  }

  /// The number of the layer, from 1.
  public var layer: Int
  /// Whether the direction reads documents backward.
  public var isReversed: Bool
  /// The means over all units. `cell` and `hidden` are means of absolute values.
  public var means: [Curve]
  /// The units with the largest effects, largest first; ties are in the order of their numbers.
  public var units: [Unit]
  /// The tokens that have the maximum of at least one unit, in document order; `nil` without max
  /// pooling.
  public var maxima: [Maximum]?
  /// The Frobenius norm of the derivative of the last state that the direction computes with
  /// respect to the input of the layer at each token, `[T]`.
  public var influence: [Double]
  /// The number of steps after which training cuts the gradient; 0 for never.
  public var truncate: Int

  /// Creates a trace.
  public init(
    layer: Int, isReversed: Bool, means: [Curve], units: [Unit], maxima: [Maximum]?,
    influence: [Double], truncate: Int
  ) {
    self.layer = layer
    self.isReversed = isReversed
    self.means = means
    self.units = units
    self.maxima = maxima
    self.influence = influence
    self.truncate = truncate
  }

  /// Returns whether training cuts the gradient between a token and the token read before it.
  public func isCut(before token: Int) -> Bool {
    let step = isReversed ? influence.count - 1 - token : token
    return truncate > 0 && step > 0 && step % truncate == 0
  }
}

extension ClassifierModel {
  /// Returns no gates: the classifier is not a recurrent network.
  public func gates(
    of document: EncodedDocument, for label: Int, units: Int, threads: Int
  ) -> [GateTrace] {
    []
  }
}
