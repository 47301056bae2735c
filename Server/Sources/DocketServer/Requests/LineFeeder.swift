import Docket

/// Parses documents from JSON lines that arrive in pieces.
///
/// It uses the reader of `docket classify`, so the documents are the same. A line that exceeds the
/// limit is not held in memory.
struct LineFeeder {
  /// The bytes that the reader has not read yet.
  private final class Source: ByteSource {
    let name = "body"
    var bytes: [UInt8] = []
    private var start = 0

    func add(_ piece: some Sequence<UInt8>) {
      if start == bytes.count || start > 1 << 16 {
        bytes.removeFirst(start)
        start = 0
      }
      bytes += piece
    }

    func next(into buffer: inout [UInt8]) -> Int {
      let count = min(buffer.count, bytes.count - start)
      buffer.replaceSubrange(0..<count, with: bytes[start..<start + count])
      start += count
      return count
    }
  }

  private let source = Source()
  private var reader: DocumentReader<Source>
  private let lineLimit: Int
  /// The number of complete lines that the reader has not returned yet.
  private var pending = 0
  /// The number of bytes so far in the incomplete line.
  private var begun = 0

  init(members: DocumentMembers, documentBytes: Int) {
    reader = DocumentReader(
      source, name: "body", format: .jsonl, members: members, limit: documentBytes)
    // The reader reports a line beyond this length as too long.
    lineLimit = 6 * documentBytes + 65_536 + 8
  }

  /// Adds bytes of the body.
  mutating func add(_ piece: ArraySlice<UInt8>) {
    var rest = piece
    while let end = rest.firstIndex(of: 0x0A) {
      addToLine(rest[..<end])
      source.add(CollectionOfOne(0x0A))
      pending += 1
      begun = 0
      rest = rest[(end + 1)...]
    }
    addToLine(rest)
  }

  private mutating func addToLine(_ piece: ArraySlice<UInt8>) {
    source.add(piece.prefix(max(0, lineLimit - begun)))
    begun += piece.count
  }

  /// Returns up to `most` documents whose lines are complete; empty if there are none.
  mutating func documents(most: Int) throws -> [IncomingDocument] {
    guard pending > 0 else { return [] }
    let batch = try reader.nextBatch(most: min(most, pending))
    pending -= batch.count
    return batch
  }

  /// Returns up to `most` of the remaining documents after the last piece was added; empty at the
  /// end.
  mutating func remaining(most: Int) throws -> [IncomingDocument] {
    try reader.nextBatch(most: most)
  }
}
