import PipelineCore

/// The documents of a corpus that is being read, stored in a fraction of the memory of
/// `CorpusDocument` values.
///
/// A file of short rows can have millions of documents, each with several small arrays. Most errors
/// are found by the time the whole corpus has been read, so the arrays are created only then.
struct CompactDocuments {
  /// A document without its text.
  private struct Row {
    /// The offset in `Block.texts` at which the text ends.
    var textEnd: Int
    /// The index of the label.
    var label: Int32
    /// The index of the file; -1 if `line` is an index in `places`.
    var file: Int32
    /// The line number, or an index in `places`.
    var line: Int
  }

  /// A run of consecutive documents. Blocks are released one by one, so that no text is held in
  /// memory twice.
  private struct Block {
    var texts: [UInt8] = []
    var rows: [Row] = []
  }

  /// The number of bytes of text, or of documents, at which a new block begins.
  private static let blockSize = (bytes: 1 << 20, documents: 1 << 15)

  private var blocks = [Block()]
  /// The files that contain the lines, in order.
  private var files: [String] = []
  /// The positions that are not lines.
  private var places: [InputPosition] = []
  /// The identifiers, each with the number of its document.
  private var ids: [(document: Int, id: String)] = []
  /// The number of documents.
  private(set) var count = 0

  /// Adds a document.
  ///
  /// - Parameter label: the index of the label in the list passed to `take`.
  mutating func add(
    label: Int, text: some Collection<UInt8>, at position: InputPosition, id: String?
  ) {
    if let block = blocks.last,
      block.rows.count >= Self.blockSize.documents || block.texts.count >= Self.blockSize.bytes
    {
      blocks.append(Block())
    }
    var row = Row(textEnd: 0, label: Int32(label), file: -1, line: places.count)
    if case .line(let file, let line, nil) = position {
      // Rows of one file are consecutive. File names are compared as bytes.
      if files.last.map({ $0.utf8.elementsEqual(file.utf8) }) != true { files.append(file) }
      (row.file, row.line) = (Int32(files.count - 1), line)
    } else {
      places.append(position)
    }
    if let id { ids.append((count, id)) }
    let last = blocks.count - 1
    blocks[last].texts.append(contentsOf: text)
    row.textEnd = blocks[last].texts.count
    blocks[last].rows.append(row)
    count += 1
  }

  /// Returns the documents and removes them.
  ///
  /// - Parameter labels: the labels; documents with the same label share its storage.
  mutating func take(labels: [Label]) -> [CorpusDocument] {
    var documents: [CorpusDocument] = []
    documents.reserveCapacity(count)
    var nextID = ids.makeIterator()
    var id = nextID.next()
    for index in blocks.indices {
      let block = blocks[index]
      blocks[index] = Block()
      var start = 0
      for row in block.rows {
        let position: InputPosition =
          row.file < 0 ? places[row.line] : .line(files[Int(row.file)], row.line, column: nil)
        var document = CorpusDocument(
          text: Array(block.texts[start..<row.textEnd]), label: labels[Int(row.label)],
          position: position)
        if let found = id, found.document == documents.count {
          document.id = found.id
          id = nextID.next()
        }
        documents.append(document)
        start = row.textEnd
      }
    }
    self = CompactDocuments()
    return documents
  }
}
