/// A form in which vectors are written.
public enum VectorFileForm: String, CaseIterable, Sendable {
  /// word2vec text: a header, then a word and its numbers a line.
  case text
  /// word2vec binary: the same header, then each word with 32-bit little-endian floats.
  case binary
  /// GloVe: text without a header.
  case glove
  /// fastText `.vec`: text with a space behind the last number of a line.
  case fasttext
  /// A table in safetensors, whose numbers can be used where they lie; see `VectorTableHeader`.
  case safetensors

  /// The form that the ending of a file name, less `.gz`, stands for.
  public init?(path: String) {
    let name = Self.isPacked(path) ? path.dropLast(3) : path[...]
    switch name.split(separator: ".").last {
    case "bin": self = .binary
    case "txt": self = .text
    case "glove": self = .glove
    case "vec": self = .fasttext
    case "safetensors": self = .safetensors
    default: return nil
    }
  }

  /// Whether a file of this name is to be gzip.
  public static func isPacked(_ path: String) -> Bool { path.hasSuffix(".gz") }
}
