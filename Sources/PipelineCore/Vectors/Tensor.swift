/// A named array of numbers with a shape, as stored in a model file.
public struct NamedTensor: Sendable, Equatable {
  /// The name, following PyTorch.
  public var name: String
  /// The length of each axis.
  public var shape: [Int]
  /// The elements, row-major.
  public var values: [Float] {
    get { stored.array }
    set { stored.array = newValue }
    _modify { yield &stored.array }
  }
  /// The elements, which may be in a memory-mapped file.
  package private(set) var stored: SharedArray<Float>

  /// Creates a tensor.
  ///
  /// - Precondition: the number of `values` is the product of `shape`.
  public init(name: String, shape: [Int], values: [Float]) {
    self.init(name: name, shape: shape, stored: SharedArray(values))
  }

  /// Creates a tensor of numbers that may be in a memory-mapped file.
  ///
  /// - Precondition: the number of elements is the product of `shape`.
  package init(name: String, shape: [Int], stored values: SharedArray<Float>) {
    precondition(
      Self.count(of: shape) == values.count, "the shape of \(name) does not match its values")
    self.name = name
    self.shape = shape
    stored = values
  }

  /// Returns the product of a shape; `nil` if a length is negative or the product overflows.
  private static func count(of shape: [Int]) -> Int? {
    var product = 1
    for length in shape {
      let (next, overflow) = product.multipliedReportingOverflow(by: length)
      guard length >= 0, !overflow else { return nil }
      product = next
    }
    return product
  }
}

/// The tensors of a model file, by name.
public struct TensorCollection: Sendable {
  private let tensors: [String: NamedTensor]
  /// The precision of the model. The numbers are always floats; with `int8`, a classifier may
  /// compute with the 8-bit numbers that they were converted from.
  public var precision = ModelPrecision.float32

  /// Creates a collection; if several tensors have the same name, the first is used.
  public init(_ tensors: [NamedTensor]) {
    self.tensors = Dictionary(
      tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The names, sorted.
  public var names: [String] { tensors.keys.sorted() }

  /// The total number of elements in all tensors.
  public var count: Int { tensors.values.reduce(0) { $0 + $1.stored.count } }

  /// Returns the shape of the tensor with this name; `nil` if there is none.
  public func shape(_ name: String) -> [Int]? { tensors[name]?.shape }

  /// Returns the elements of the tensor with this name and shape, row-major.
  ///
  /// - Throws: `TensorError` if there is no such tensor or its shape differs.
  public func values(_ name: String, shape: [Int]) throws(TensorError) -> [Float] {
    try stored(name, shape: shape).array
  }

  /// Returns the same elements without copying them from a mapped file.
  ///
  /// - Throws: `TensorError` if there is no such tensor or its shape differs.
  package func stored(
    _ name: String, shape: [Int]
  ) throws(TensorError) -> SharedArray<Float> {
    guard let tensor = tensors[name] else { throw .missing(name) }
    guard tensor.shape == shape else {
      throw .wrongShape(name, expected: shape, found: tensor.shape)
    }
    return tensor.stored
  }

  /// Returns the shape of the tensor with this name; `nil` if there is none.
  package func shape(of name: String) -> [Int]? { tensors[name]?.shape }

  /// Returns the tensor with this name, which must be a matrix with at least one row and one
  /// column.
  ///
  /// The shape comes from the file, so a matrix without columns could declare any number of rows.
  ///
  /// - Throws: `TensorError` if there is no such tensor or it is not such a matrix.
  public func matrix(_ name: String) throws(TensorError) -> NamedTensor {
    guard let tensor = tensors[name] else { throw .missing(name) }
    guard tensor.shape.count == 2, tensor.shape.allSatisfy({ $0 > 0 }) else {
      throw .noMatrix(name, found: tensor.shape)
    }
    return tensor
  }
}

/// An error in the tensors of a model.
public enum TensorError: Error, Equatable {
  /// There is no tensor with this name.
  case missing(String)
  /// The tensor's shape is not the one that the pipeline expects.
  case wrongShape(String, expected: [Int], found: [Int])
  /// The tensor is not a matrix, or it has no rows or no columns.
  case noMatrix(String, found: [Int])
  /// The file has fewer numbers than its pipeline has weights.
  case tooFew(expected: Double, found: Int)
  /// The tensor with this name has invalid values; the second string describes them.
  case invalid(String, String)

  /// The error as a part of a sentence about the file.
  public var sentence: String {
    switch self {
    case .missing(let name): "\(name) is missing"
    case .wrongShape(let name, let expected, let found):
      "the shape of \(name) is \(found); expected \(expected)"
    case .noMatrix(let name, let found):
      "the shape of \(name) is \(found); expected rows and columns"
    case .tooFew(let expected, let found):
      "the pipeline has \(Int(min(expected, 1e15))) weights, but the file has \(found) numbers"
    case .invalid(let name, let values): "tensor \(name) has an invalid value: \(values)"
    }
  }
}
