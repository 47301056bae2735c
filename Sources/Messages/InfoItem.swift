/// A named piece of background information, such as the corpus or the training time.
public struct InfoItem: Sendable, Equatable {
  /// The name.
  public var key: String
  /// The value, as text.
  public var value: String

  /// Creates an item.
  public init(_ key: String, _ value: String) {
    self.key = key
    self.value = value
  }
}
