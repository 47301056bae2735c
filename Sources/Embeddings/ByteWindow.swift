import FileAccess

/// A file of which the bytes ahead can be looked at before they are taken.
struct ByteWindow: ByteSource {
  private let file: InputFile
  private var ahead: [UInt8] = []
  private var taken = 0
  private var incoming: [UInt8]
  /// Where the next byte stands in the (unpacked) file.
  private(set) var offset = 0

  /// Looks into `file`, which is read in pieces of `bufferSize`.
  init(_ file: InputFile, bufferSize: Int = 1 << 20) {
    self.file = file
    incoming = Array(repeating: 0, count: max(1, bufferSize))
  }

  /// The path.
  var name: String { file.name }

  /// The bytes that have been read and not taken.
  var waiting: ArraySlice<UInt8> { ahead[taken...] }

  /// Reads until at least `count` bytes wait; false if the file ends before.
  mutating func fill(_ count: Int) throws -> Bool {
    while ahead.count - taken < count {
      ahead.removeFirst(taken)
      taken = 0
      let size = try file.next(into: &incoming)
      if size == 0 { return false }
      ahead += incoming[..<size]
    }
    return true
  }

  /// Takes bytes that wait.
  mutating func take(_ count: Int) {
    precondition(count <= ahead.count - taken, "only bytes that wait can be taken")
    taken += count
    offset += count
  }

  /// Gives what waits, then what the file has.
  mutating func next(into buffer: inout [UInt8]) throws -> Int {
    guard try fill(1) else { return 0 }
    let count = min(buffer.count, waiting.count)
    buffer.replaceSubrange(..<count, with: waiting.prefix(count))
    take(count)
    return count
  }
}
