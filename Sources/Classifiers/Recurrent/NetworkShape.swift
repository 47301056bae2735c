/// The shape of a recurrent classifier, and how it learns.
package struct NetworkShape: Sendable, Equatable {
  /// `D`
  package var vectorWidth: Int
  /// `H`, per direction.
  package var width: Int
  package var isBidirectional: Bool
  package var pooling: Pooling
  /// What is dropped while learning.
  package var dropout: DropoutRates
  /// What is changed in documents while learning.
  package var augmentation: Augmentation
  /// `C`
  package var labelCount: Int
  package var cell: Cell
  /// Recurrent layers, one upon the other.
  package var layers: Int
  /// The share of the loss that goes to all labels alike.
  package var labelSmoothing: Double
  /// Steps after which the gradient is cut while the state goes on; 0 never.
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

  /// How many directions a layer has.
  var directionCount: Int { isBidirectional ? 2 : 1 }

  /// The states of all directions side by side.
  var stateWidth: Int { directionCount * width }

  /// What the output layer reads.
  var pooledWidth: Int { pooling.parts * stateWidth }

  /// Whether the states of a layer are needed token by token: by another layer or by attention.
  func alignsStates(ofLayer layer: Int) -> Bool { layer + 1 < layers || pooling == .attention }
}
