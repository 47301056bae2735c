/// A document file format of another program, recognized by its first bytes.
public enum ForeignFile: String, Sendable, CaseIterable {
  case word, excel, powerPoint, openDocument, oldOffice, rtf, pdf, zip, sevenZip, rar, tar, bzip2,
    xz
  case zstandard, lz4, parquet, arrow, avro, sqlite, pickle, numpy, html, gitLFSPointer, image
  case safetensors

  /// The name for messages.
  var name: String {
    switch self {
    case .word: "a Word document (.docx)"
    case .excel: "an Excel workbook (.xlsx)"
    case .powerPoint: "a PowerPoint presentation (.pptx)"
    case .openDocument: "an OpenDocument file (.odt, .ods)"
    case .oldOffice: "a Microsoft Office file (.doc, .xls)"
    case .rtf: "a Rich Text file (.rtf)"
    case .pdf: "a PDF file"
    case .zip: "a zip archive"
    case .sevenZip: "a 7z archive"
    case .rar: "a RAR archive"
    case .tar: "a tar archive"
    case .bzip2: "bzip2 data (.bz2)"
    case .xz: "xz data (.xz)"
    case .zstandard: "Zstandard data (.zst)"
    case .lz4: "LZ4 data"
    case .parquet: "a Parquet file"
    case .arrow: "an Arrow or Feather file"
    case .avro: "an Avro file"
    case .sqlite: "an SQLite database"
    case .pickle: "a Python pickle"
    case .numpy: "a NumPy array"
    case .html: "a web page"
    case .gitLFSPointer: "a Git LFS pointer"
    case .image: "an image"
    case .safetensors: "a model or a safetensors file"
    }
  }

  /// How to convert the file to one that can be read.
  var advice: String {
    switch self {
    case .excel: "in Excel, save the sheet as \"CSV UTF-8\""
    case .word, .rtf, .powerPoint: "save it as plain text in UTF-8, one document per line or file"
    case .openDocument, .oldOffice:
      "save a table as CSV and other documents as plain text, both in UTF-8"
    case .pdf: "extract its text, for example with pdftotext"
    case .zip: "unpack it with unzip and use the file or folder inside"
    case .sevenZip: "unpack it with 7z x"
    case .rar: "unpack it with unrar x"
    case .tar: "unpack it with tar xf and use the file or folder inside"
    case .bzip2: "unpack it with bunzip2; only .gz is read directly"
    case .xz: "unpack it with unxz; only .gz is read directly"
    case .zstandard: "unpack it with zstd -d; only .gz is read directly"
    case .lz4: "unpack it with lz4 -d; only .gz is read directly"
    case .parquet:
      "export it as JSON lines; in pandas: "
        + "read_parquet(file).to_json(output, orient=\"records\", lines=True)"
    case .arrow:
      "export it as JSON lines; in pandas: "
        + "read_feather(file).to_json(output, orient=\"records\", lines=True)"
    case .avro, .sqlite: "export the table as CSV or JSON lines"
    case .pickle, .numpy: "export it as CSV or JSON lines; in pandas: to_csv or to_json"
    case .html: "the download returned a page, perhaps an error; download the file itself"
    case .gitLFSPointer: "run git lfs pull to download the file"
    case .image: "it has no text"
    case .safetensors: "a model is the first argument of docket classify and docket evaluate"
    }
  }

  /// Returns the format that the first bytes of a file indicate; `nil` for text. Pass as many bytes
  /// as possible.
  static func detect(_ head: [UInt8]) -> ForeignFile? {
    if let (kind, _) = signatures.first(where: { head.starts(with: $0.bytes) }) {
      return kind == .zip ? archive(head) : kind
    }
    // The size of the header, less than 2^24 bytes, and the header.
    if head.count > 16, head[3..<8].allSatisfy({ $0 == 0 }), head[8] == UInt8(ascii: "{") {
      return .safetensors
    }
    // A text may begin with these letters, so also check for binary bytes after them.
    let fifth = head.count > 8 ? head[4..<8].min() ?? 0x20 : 0x20
    if head.starts(with: "PAR1".utf8), fifth < 0x09 { return .parquet }
    if head.count > 262, head[257...].starts(with: "ustar".utf8) { return .tar }
    let start = head.prefix(256).drop { $0 <= 0x20 || $0 >= 0x80 }.prefix(14).map { byte in
      (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }
    let pages = ["<!doctype html", "<html>", "<html "]
    return pages.contains { start.starts(with: $0.utf8) } ? .html : nil
  }

  /// Returns the kind of document in a zip archive, recognized by the names of its entries.
  private static func archive(_ head: [UInt8]) -> ForeignFile {
    let kinds: [(ForeignFile, String)] = [
      (.openDocument, "opendocument"), (.word, "word/"), (.excel, "xl/"), (.powerPoint, "ppt/"),
    ]
    let first = kinds.compactMap { kind, name in
      head.firstRange(of: Array(name.utf8)).map { (kind, $0.lowerBound) }
    }.min { $0.1 < $1.1 }
    let isOffice = head.firstRange(of: Array("[Content_Types].xml".utf8)) != nil
    return first.map { kind, _ in kind == .openDocument || isOffice ? kind : .zip } ?? .zip
  }

  private static let signatures: [(kind: ForeignFile, bytes: [UInt8])] =
    [
      (.zip, Array("PK".utf8) + [3, 4]), (.zip, Array("PK".utf8) + [5, 6]),
      (.pdf, Array("%PDF-".utf8)), (.rtf, Array("{\\rtf".utf8)),
      (.oldOffice, [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]),
      (.sevenZip, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]), (.rar, Array("Rar!".utf8) + [0x1A, 7]),
      (.xz, [0xFD] + Array("7zXZ".utf8) + [0]), (.zstandard, [0x28, 0xB5, 0x2F, 0xFD]),
      (.lz4, [0x04, 0x22, 0x4D, 0x18]), (.arrow, Array("ARROW1".utf8) + [0, 0]),
      (.arrow, Array("FEA1".utf8) + [0]), (.avro, Array("Obj".utf8) + [1]),
      (.sqlite, Array("SQLite format 3".utf8) + [0]),
      (.pickle, [0x80, 2]), (.pickle, [0x80, 3]), (.pickle, [0x80, 4]), (.pickle, [0x80, 5]),
      (.numpy, [0x93] + Array("NUMPY".utf8)),
      (.gitLFSPointer, Array("version https://git-lfs".utf8)),
      (.image, [0x89] + Array("PNG".utf8)), (.image, [0xFF, 0xD8, 0xFF]),
      (.image, Array("GIF8".utf8)),
    ] + (1...9).map { (.bzip2, Array("BZh\($0)1AY&SY".utf8)) }
}
