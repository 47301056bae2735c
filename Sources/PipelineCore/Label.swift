/// The name of a class: any Unicode text, spaces included, compared byte by byte.
///
/// Swift strings are equal when they are canonically equivalent; two labels are equal only when
/// their bytes are, so that nothing is folded behind the user's back.
public struct Label: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The UTF-8 bytes of the name.
  public let bytes: [UInt8]

  /// A label of these UTF-8 bytes.
  public init(bytes: [UInt8]) { self.bytes = bytes }

  /// A label of this name.
  public init(_ name: String) { self.bytes = Array(name.utf8) }

  /// The name.
  public var description: String { String(decoding: bytes, as: UTF8.self) }

  /// Byte order, which is also the order of code points.
  public static func < (left: Label, right: Label) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

/// The classes of a corpus, in byte order, numbered from 0.
public struct LabelSet: Sendable, Equatable {
  /// The labels in byte order; the position of a label is its number everywhere.
  public let labels: [Label]
  private let numbers: [Label: Int]

  /// The distinct labels among `labels`.
  public init(_ labels: some Sequence<Label>) {
    self.labels = Set(labels).sorted()
    self.numbers = Dictionary(
      uniqueKeysWithValues: self.labels.enumerated().map { ($1, $0) })
  }

  /// How many classes: `C`.
  public var count: Int { labels.count }

  /// The number of `label`, or `nil` if it is not one of the set.
  public func number(of label: Label) -> Int? { numbers[label] }

  /// The label with this number.
  public subscript(number: Int) -> Label { labels[number] }
}
