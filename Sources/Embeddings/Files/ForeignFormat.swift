/// A file format that users mistake for word vectors, recognized by its first bytes.
public enum ForeignFormat: String, Sendable, CaseIterable {
  /// A fastText model, which contains vectors and a classifier.
  case fastTextModel
  /// A Python pickle, such as gensim's own format.
  case pickle
  /// A NumPy array.
  case numpy
  /// A zip archive, including `.npz` and `.pt`.
  case zip
  /// A tar archive.
  case tar
  /// Data compressed with bzip2.
  case bzip2
  /// Data compressed with xz.
  case xz
  /// Data compressed with Zstandard.
  case zstandard
  /// A safetensors file that is not a vector table.
  case safetensors
  /// A GGUF model.
  case gguf
  /// An HDF5 file, such as a Keras model.
  case hdf5
  /// A web page.
  case html
  /// A Git LFS pointer to a large file.
  case gitLFSPointer
  /// An executable or library.
  case elf
  /// Text in UTF-16 or UTF-32.
  case utf16

  /// The name of the format, for messages.
  public var name: String {
    switch self {
    case .fastTextModel: "a fastText model (.bin)"
    case .pickle: "a Python pickle"
    case .numpy: "a NumPy array"
    case .zip: "a zip archive"
    case .tar: "a tar archive"
    case .bzip2: "bzip2 data"
    case .xz: "xz data"
    case .zstandard: "Zstandard data"
    case .safetensors: "a safetensors file"
    case .gguf: "a GGUF model"
    case .hdf5: "an HDF5 file"
    case .html: "a web page"
    case .gitLFSPointer: "a Git LFS pointer"
    case .elf: "an executable or library"
    case .utf16: "text in UTF-16 or UTF-32"
    }
  }

  /// Advice about what to do with the file, for messages.
  public var advice: String {
    switch self {
    case .fastTextModel: "use the .vec file that comes with it"
    case .pickle: "a pickle can run any code when opened, so docket does not read it; in gensim, export "
        + "the vectors with save_word2vec_format"
    case .numpy, .safetensors, .gguf, .hdf5:
      "it contains no words; export the vectors in word2vec format"
    case .zip, .tar, .bzip2, .xz, .zstandard: "unpack it first (only .gz is read directly)"
    case .html: "the download returned a page, perhaps an error; download the file itself"
    case .gitLFSPointer: "run git lfs pull to download the file"
    case .elf: "specify a vector file"
    case .utf16: "save it as UTF-8"
    }
  }

  /// Recognizes the format of a file from its first bytes; returns `nil` if it may be a vector
  /// file.
  static func detect(_ head: ArraySlice<UInt8>) -> ForeignFormat? {
    if let (format, _) = signatures.first(where: { head.starts(with: $0.bytes) }) { return format }
    let start = head.startIndex
    // Safetensors: the length of the JSON header in 8 bytes, far below 2^32, then the header.
    if head.count > 8, head[start + 8] == UInt8(ascii: "{"), head[start + 4..<start + 8].allZero {
      return .safetensors
    }
    if head.count > 262, head[(start + 257)...].starts(with: Array("ustar".utf8)) { return .tar }
    let text = head.prefix(256).drop { $0 <= 0x20 }.prefix(14).map { byte in
      (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
    }
    let isPage = text.starts(with: Array("<!doctype html".utf8))
    return isPage || text.starts(with: Array("<html".utf8)) ? .html : nil
  }

  private static let signatures: [(format: ForeignFormat, bytes: [UInt8])] = [
    (.fastTextModel, [0xba, 0x16, 0x4f, 0x2f]),
    (.pickle, [0x80, 2]), (.pickle, [0x80, 3]), (.pickle, [0x80, 4]), (.pickle, [0x80, 5]),
    (.numpy, [0x93] + Array("NUMPY".utf8)),
    (.zip, Array("PK".utf8) + [3, 4]), (.zip, Array("PK".utf8) + [5, 6]),
    (.bzip2, Array("BZh91AY&SY".utf8)),
    (.xz, [0xfd] + Array("7zXZ".utf8) + [0]),
    (.zstandard, [0x28, 0xb5, 0x2f, 0xfd]),
    (.gguf, Array("GGUF".utf8) + [1, 0]), (.gguf, Array("GGUF".utf8) + [2, 0]),
    (.gguf, Array("GGUF".utf8) + [3, 0]),
    (.hdf5, [0x89] + Array("HDF".utf8)),
    (.gitLFSPointer, Array("version https://git-lfs".utf8)),
    (.elf, [0x7f] + Array("ELF".utf8)),
    (.utf16, [0xff, 0xfe]), (.utf16, [0xfe, 0xff]), (.utf16, [0, 0, 0xfe, 0xff]),
  ]
}

extension ArraySlice<UInt8> {
  fileprivate var allZero: Bool { allSatisfy { $0 == 0 } }
}
