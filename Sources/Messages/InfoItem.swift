/// A named piece of background information, such as the corpus or the training time.
public struct InfoItem: Sendable, Equatable {
  /// What it describes.
  public var key: String
  /// Its value, as text.
  public var value: String

  /// An item with this key and value.
  public init(_ key: String, _ value: String) {
    self.key = key
    self.value = value
  }
}
