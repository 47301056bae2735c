/// The name of a class: any Unicode text, spaces included, compared byte by byte.
///
/// Swift strings are equal if they are canonically equivalent. Two labels are equal only if their
/// bytes are, so no label is folded into another silently.
public struct Label: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The UTF-8 bytes of the name.
  public let bytes: [UInt8]

  /// Creates a label from UTF-8 bytes.
  public init(bytes: [UInt8]) { self.bytes = bytes }

  /// Creates a label from a name.
  public init(_ name: String) { self.bytes = Array(name.utf8) }

  /// The name.
  public var description: String { String(decoding: bytes, as: UTF8.self) }

  /// Compares by bytes, which is also the order of code points.
  public static func < (left: Label, right: Label) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

/// The classes of a corpus in byte order, numbered from 0.
public struct LabelSet: Sendable, Equatable {
  /// The labels in byte order; the index of a label is its number.
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

  /// Returns the number of `label`; `nil` if it is not in the set.
  public func number(of label: Label) -> Int? { numbers[label] }

  /// The label with this number.
  public subscript(number: Int) -> Label { labels[number] }
}
