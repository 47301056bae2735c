/// The name of a class: any Unicode text, spaces included, compared byte by byte.
///
/// Swift strings are equal if they are canonically equivalent. Two labels are equal only if their
/// bytes are equal, so labels are never merged silently.
public struct Label: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The UTF-8 bytes of the name.
  public let bytes: [UInt8]

  /// Creates a label from UTF-8 bytes.
  public init(bytes: [UInt8]) { self.bytes = bytes }

  /// Creates a label from a name.
  public init(_ name: String) { self.bytes = Array(name.utf8) }

  /// The name.
  public var description: String { String(decoding: bytes, as: UTF8.self) }

  /// Compares the UTF-8 bytes, which gives the same order as comparing code points.
  public static func < (left: Label, right: Label) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

extension Label: ExpressibleByStringLiteral {
  /// Creates a label from a literal.
  public init(stringLiteral name: String) { self.init(name) }
}

/// The labels of a corpus in byte order, indexed from 0.
public struct LabelSet: Sendable, Equatable {
  /// The labels in byte order.
  public let labels: [Label]
  private let numbers: [Label: Int]

  /// Creates the set of the distinct labels in `labels`.
  public init(_ labels: some Sequence<Label>) {
    self.labels = Set(labels).sorted()
    self.numbers = Dictionary(
      uniqueKeysWithValues: self.labels.enumerated().map { ($1, $0) })
  }

  /// The number of classes: `C`.
  public var count: Int { labels.count }

  /// Returns the index of `label`, or `nil` if it is not in the set.
  public func number(of label: Label) -> Int? { numbers[label] }

  /// The label at this index.
  public subscript(number: Int) -> Label { labels[number] }
}
