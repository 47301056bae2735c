/// Where each weight matrix stands in the one flat array that holds all of them.
///
/// One array, because reduction, clipping and optimizer then are plain sweeps that can be cut into
/// pieces of any size, whatever the network looks like.
public struct ParameterLayout: Sendable {
  /// A named piece of the array.
  public struct Entry: Sendable {
    /// The name, as PyTorch would call it.
    public let name: String
    /// The length of each axis.
    public let shape: [Int]
    /// Where it begins.
    public let offset: Int
    /// How many numbers.
    public var count: Int { shape.reduce(1, *) }
  }

  /// The pieces in order, without gaps.
  public private(set) var entries: [Entry] = []
  /// How many numbers in all.
  public private(set) var count = 0

  /// A layout without parameters.
  public init() {}

  /// Adds a piece at the end; returns where it begins.
  public mutating func add(_ name: String, _ shape: Int...) -> Int {
    let offset = count
    entries.append(Entry(name: name, shape: shape, offset: offset))
    count += shape.reduce(1, *)
    return offset
  }
}
