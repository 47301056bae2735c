/// The shape of a recurrent classifier, and related training settings.
package struct NetworkShape: Sendable, Equatable {
  /// The width of a word vector, `D`.
  package var vectorWidth: Int
  /// The number of hidden units per direction, `H`.
  package var width: Int
  package var isBidirectional: Bool
  package var pooling: Pooling
  package var dropout: DropoutRates
  package var augmentation: Augmentation
  /// The number of labels, `C`.
  package var labelCount: Int
  package var cell: Cell
  /// The number of stacked recurrent layers.
  package var layers: Int
  /// The share of the target that is spread over all labels.
  package var labelSmoothing: Double
  /// The length, in steps, of the segments for truncated backpropagation; the state carries over
  /// from segment to segment. 0 means no truncation.
  package var truncate: Int
  package var memory: SweepMemory

  package init(
    vectorWidth: Int, width: Int, isBidirectional: Bool, pooling: Pooling, dropout: DropoutRates,
    labelCount: Int, cell: Cell = .lstm, layers: Int = 1, labelSmoothing: Double = 0,
    truncate: Int = 0, memory: SweepMemory = .full, augmentation: Augmentation = Augmentation()
  ) {
    self.vectorWidth = vectorWidth
    self.width = width
    self.isBidirectional = isBidirectional
    self.pooling = pooling
    self.dropout = dropout
    self.labelCount = labelCount
    self.cell = cell
    self.layers = layers
    self.labelSmoothing = labelSmoothing
    self.truncate = truncate
    self.memory = memory
    self.augmentation = augmentation
  }

  /// The number of directions of a layer, `n`.
  var directionCount: Int { isBidirectional ? 2 : 1 }

  /// The width of the states of all directions, `n H`.
  var stateWidth: Int { directionCount * width }

  /// The width of the pooled states, the input of the output layer.
  var pooledWidth: Int { pooling.parts * stateWidth }

  /// Returns whether another layer or attention reads the states of a layer token by token.
  func alignsStates(ofLayer layer: Int) -> Bool { layer + 1 < layers || pooling == .attention }

  /// Returns how a layer pools its states during the steps; `nil` if it keeps them.
  func pooling(ofLayer layer: Int) -> Pooling? { alignsStates(ofLayer: layer) ? nil : pooling }
}
