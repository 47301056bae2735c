/// How vectors are laid out in a file.
public enum VectorFileFormat: String, CaseIterable, Sendable {
  /// Whatever the file turns out to be.
  case auto
  /// A header with the numbers of words and dimensions, then a word and its numbers a line.
  case text
  /// The same header, then for each word its bytes, a space and 32-bit little-endian floats.
  case binary
  /// A word and its numbers a line, without a header.
  case glove
  /// A table that `docket vectors convert` made, which is mapped in place of being read.
  case safetensors
}

/// What to do when a header gives another number of words than there are.
public enum HeaderMismatch: String, CaseIterable, Sendable {
  /// Refuse the file.
  case error
  /// Use all rows and say so.
  case warn
}

/// What to do with a word whose vector has an infinity or a NaN.
public enum NonFiniteNumbers: String, CaseIterable, Sendable {
  /// Refuse the file.
  case error
  /// Leave the word out and count it.
  case skip
}

/// How much a vector file may ask for.
public enum VectorFileLimits {
  /// The widest vector.
  public static let dimensions = 4_096
  /// The most rows.
  public static let rows = 50_000_000
  /// The longest word, in bytes.
  public static let wordBytes = 4_096
  /// The longest number of a text row with the separators around it, in bytes.
  public static let numberBytes = 128
}
