/// A named array of numbers with a shape, as a model file stores it.
public struct NamedTensor: Sendable, Equatable {
  /// The name, following PyTorch.
  public var name: String
  /// The length of each axis.
  public var shape: [Int]
  /// The numbers, row-major.
  public var values: [Float]

  /// Creates a tensor.
  ///
  /// - Precondition: the number of `values` is the product of `shape`.
  public init(name: String, shape: [Int], values: [Float]) {
    precondition(
      shape.reduce(1, *) == values.count, "the shape of \(name) does not match its values")
    self.name = name
    self.shape = shape
    self.values = values
  }
}

/// The tensors of a model file, by name.
public struct TensorCollection: Sendable {
  private let tensors: [String: NamedTensor]

  /// Creates a collection; of tensors with the same name, the first counts.
  public init(_ tensors: [NamedTensor]) {
    self.tensors = Dictionary(
      tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The names, sorted.
  public var names: [String] { tensors.keys.sorted() }

  /// Returns the shape of the tensor with this name; `nil` if there is none.
  public func shape(_ name: String) -> [Int]? { tensors[name]?.shape }

  /// Returns the numbers of the tensor with this name and shape, row-major.
  ///
  /// - Throws: `TensorError` if there is no such tensor or its shape differs.
  public func values(_ name: String, shape: [Int]) throws(TensorError) -> [Float] {
    guard let tensor = tensors[name] else { throw .missing(name) }
    guard tensor.shape == shape else {
      throw .wrongShape(name, expected: shape, found: tensor.shape)
    }
    return tensor.values
  }
}

/// An error in the tensors of a model.
public enum TensorError: Error, Equatable {
  /// There is no tensor with this name.
  case missing(String)
  /// The tensor's shape is not the one that the pipeline expects.
  case wrongShape(String, expected: [Int], found: [Int])
  /// The tensor with this name has invalid values; the second text says which.
  case invalid(String, String)

  /// The error as a part of a sentence about the file.
  public var sentence: String {
    switch self {
    case .missing(let name): "\(name) is missing"
    case .wrongShape(let name, let expected, let found):
      "the shape of \(name) is \(found); expected \(expected)"
    case .invalid(let name, let values): "\(name) has an invalid value: \(values)"
    }
  }
}
