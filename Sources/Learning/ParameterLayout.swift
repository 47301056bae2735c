/// The layout of all weight matrices in one flat array of parameters.
///
/// With a single array, gradient reduction, clipping and the optimizer are loops that can be split
/// anywhere, whatever the structure of the network. The names and shapes are those of the tensors
/// in a model file.
public struct ParameterLayout: Sendable {
  /// The values with which training starts.
  public enum InitialValues: Sendable, Equatable {
    /// Zeros.
    case zeros
    /// Uniform within `-bound...bound`.
    case uniform(bound: Float)
    /// Uniform within `-bound...bound`, where `bound = sqrt(6 / (inputs + outputs))`. The first
    /// axis of the shape is the outputs; the others are the inputs.
    ///
    /// **Source:** Glorot, Bengio 2010.
    case glorot
  }

  /// A named part of the array.
  public struct Entry: Sendable {
    /// The name, following PyTorch.
    public let name: String
    /// The length of each axis.
    public let shape: [Int]
    /// The index of the first element.
    public let offset: Int
    /// The values with which training starts.
    public let initialValues: InitialValues
    /// Whether row `k` belongs to label `k`. This is set for the output layer, which has one row
    /// per class and gains rows when continued training adds labels.
    public let hasLabelRows: Bool
    /// The number of elements.
    public var count: Int { shape.reduce(1, *) }
    /// The indices of the elements.
    public var range: Range<Int> { offset..<offset + count }

    /// The bound of the uniform initial values; `nil` for zeros.
    var initialBound: Float? {
      switch initialValues {
      case .zeros: return nil
      case .uniform(let bound): return bound
      case .glorot:
        let inputs = shape.dropFirst().reduce(1, *)
        return (6 / (Float(inputs) + Float(shape.first ?? 1))).squareRoot()
      }
    }
  }

  /// The parts in order, without gaps.
  public private(set) var entries: [Entry] = []
  /// The length of the array.
  public private(set) var count = 0
  /// The number of classes, `C`: the number of rows in entries that have one row per label.
  ///
  /// - Precondition: the layout has such an entry, the output layer.
  public var labelCount: Int {
    guard let count = entries.first(where: \.hasLabelRows)?.shape.first else {
      preconditionFailure("the output layer of a network is added with hasLabelRows: true")
    }
    return count
  }

  /// Creates an empty layout.
  public init() {}

  /// Appends a part and returns the index of its first element.
  ///
  /// - Parameters:
  ///   - name: the name of the tensor in the model file.
  ///   - shape: the length of each axis.
  ///   - initialValues: the values with which training starts.
  ///   - hasLabelRows: whether row `k` belongs to label `k`, as in an output layer.
  public mutating func add(
    _ name: String, _ shape: Int..., initialValues: InitialValues = .zeros,
    hasLabelRows: Bool = false
  ) -> Int {
    let entry = Entry(
      name: name, shape: shape, offset: count, initialValues: initialValues,
      hasLabelRows: hasLabelRows)
    entries.append(entry)
    count += entry.count
    return entry.offset
  }
}
