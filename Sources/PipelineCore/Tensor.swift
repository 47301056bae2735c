/// An array of numbers with a name and a shape, as a model file holds it.
public struct NamedTensor: Sendable, Equatable {
  /// The name, as PyTorch would call it.
  public var name: String
  /// The length of each axis.
  public var shape: [Int]
  /// The numbers, row-major.
  public var values: [Float]

  /// A tensor.
  ///
  /// - Precondition: `values` has as many numbers as `shape` says.
  public init(name: String, shape: [Int], values: [Float]) {
    precondition(shape.reduce(1, *) == values.count, "the shape of \(name) must fit its values")
    self.name = name
    self.shape = shape
    self.values = values
  }
}

/// The tensors of a model file, by name.
public struct TensorCollection: Sendable {
  private let tensors: [String: NamedTensor]

  /// These tensors.
  public init(_ tensors: [NamedTensor]) {
    self.tensors = Dictionary(
      tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The names, sorted.
  public var names: [String] { tensors.keys.sorted() }

  /// The length of each axis of the tensor with this name, or `nil`.
  public func shape(_ name: String) -> [Int]? { tensors[name]?.shape }

  /// The numbers of the tensor with this name and shape.
  public func values(_ name: String, shape: [Int]) throws(TensorError) -> [Float] {
    guard let tensor = tensors[name] else { throw .missing(name) }
    guard tensor.shape == shape else {
      throw .wrongShape(name, expected: shape, found: tensor.shape)
    }
    return tensor.values
  }
}

/// What can be wrong with the tensors of a model.
public enum TensorError: Error, Equatable {
  /// It is not there.
  case missing(String)
  /// It has another shape than the pipeline wants.
  case wrongShape(String, expected: [Int], found: [Int])
  /// It holds numbers that mean nothing there; says which.
  case invalid(String, String)
}
