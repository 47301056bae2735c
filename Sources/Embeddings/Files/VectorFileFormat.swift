/// The formats of vector files that can be read.
public enum VectorFileFormat: String, CaseIterable, Sendable {
  /// The format is detected.
  case auto
  /// word2vec text: a header with the number of words and dimensions, then a word and its vector
  /// per line.
  case text
  /// word2vec binary: the same header, then each word, a space and 32-bit little-endian floats.
  case binary
  /// GloVe: a word and its vector per line, without a header.
  case glove
  /// A safetensors table written by `docket vectors convert`; it is memory-mapped, not read.
  case safetensors
}

extension VectorFileFormat: CustomStringConvertible {
  /// The name of the format, for messages.
  public var description: String {
    switch self {
    case .auto: "not detected yet"
    case .text: "word2vec text, or fastText .vec"
    case .binary: "word2vec binary"
    case .glove: "GloVe text, without a header"
    case .safetensors: "safetensors table, memory-mapped"
    }
  }
}

/// A format in which vectors can be written.
public enum VectorFileOutputFormat: String, CaseIterable, Sendable {
  /// word2vec text: a header, then a word and its vector per line.
  case text
  /// word2vec binary: the same header, then each word, a space and 32-bit little-endian floats.
  case binary
  /// GloVe: text without a header.
  case glove
  /// fastText `.vec`: text with a space after the last number of a line.
  case fasttext
  /// A safetensors table that can be memory-mapped; see `VectorTableHeader`.
  case safetensors

  /// Creates the format implied by the extension of a file name, ignoring `.gz`.
  public init?(path: String) {
    let name = Self.isGzip(path: path) ? path.dropLast(3) : path[...]
    switch name.split(separator: ".").last {
    case "bin": self = .binary
    case "txt": self = .text
    case "glove": self = .glove
    case "vec": self = .fasttext
    case "safetensors": self = .safetensors
    default: return nil
    }
  }

  /// Returns whether a file with this name is written as gzip.
  public static func isGzip(path: String) -> Bool { path.hasSuffix(".gz") }
}

/// What to do if the header declares a different number of words than the file has.
public enum HeaderMismatch: String, CaseIterable, Sendable {
  /// Reject the file.
  case error
  /// Use all rows and warn.
  case warn
}

/// What to do with a vector that contains an infinity or NaN.
public enum NonFiniteNumbers: String, CaseIterable, Sendable {
  /// Reject the file.
  case error
  /// Skip the word and count it.
  case skip
}

/// The limits of a vector file.
public enum VectorFileLimits {
  /// The maximum number of dimensions.
  public static let dimensions = 4_096
  /// The maximum number of rows.
  public static let rows = 50_000_000
  /// The maximum length of a word, in bytes.
  public static let wordBytes = 4_096
  /// The maximum length of a number in a text row, including the separators around it, in bytes.
  public static let numberBytes = 128
}
