import FileAccess
import PipelineCore

/// Reads a vector file wave by wave: while one wave is read row by row, in shards on several threads,
/// the next one is fetched, unpacked and hashed.
///
/// Waves and shards are cut by fixed sizes, so what comes out does not depend on the threads.
struct VectorFileWaves {
  private let file: InputFile
  private let layout: VectorFileLayout
  private let text: TextShard
  private let binary: BinaryShard
  private let threads: Int
  private let size: Int
  /// The wave that is to be read next; `nil` at the end.
  private var wave: VectorFileWave?
  /// The buffer of the wave before.
  private var spare: [UInt8] = []
  private var isFirst = true

  /// Reads on behind `head`, and first what it holds behind the header.
  ///
  /// - Parameter size: how many bytes a wave takes from the file, if no row is longer.
  init(
    _ head: FileHead, layout: VectorFileLayout, skipsNonFinite: Bool, threads: Int, size: Int
  ) {
    file = head.file
    self.layout = layout
    text = TextShard(
      path: file.name, dimensions: layout.dimensions, skipsNonFinite: skipsNonFinite,
      hasHeader: layout.declaredRows != nil)
    binary = BinaryShard(
      path: file.name, dimensions: layout.dimensions, skipsNonFinite: skipsNonFinite)
    self.threads = threads
    // Room for a row of any kind, and for the word of the row behind it.
    let least = TextShard.lineLimit(dimensions: layout.dimensions) + 2 * VectorFileLimits.wordBytes
    self.size = max(size, least + 16)
    let start = head.bytes[layout.headerBytes...]
    var first = VectorFileWave(
      start, offset: layout.headerBytes, size: self.size, reusing: &spare)
    first.fill(from: file)
    wave = first
  }

  /// What one thread does with a wave: reads some of its shards, and one of them fetches the next.
  private struct Work {
    var shards: [Int] = []
    var rows: [ShardRows] = []
    var fetch: VectorFileWave?
    var file: InputFile?
  }

  /// The rows of the next wave, shard by shard in order; `nil` at the end.
  mutating func next() throws -> [ShardRows]? {
    guard var wave else { return nil }
    self.wave = nil
    if layout.format != .binary { wave.endLastLine() }
    let (shards, rest) = cut(wave)
    if shards.isEmpty, let failure = wave.failure { throw failure }
    if layout.format != .binary, shards.isEmpty, !wave.isAtEnd {
      return [try endlessLine(wave)]
    }
    var work = share(shards.count)
    if !wave.isAtEnd {
      work[0].fetch = wave.following(from: rest, size: size, reusing: &spare)
      work[0].file = file
    }
    run(&work, shards, over: wave)
    isFirst = isFirst && shards.isEmpty
    spare = wave.bytes
    self.wave = work[0].fetch
    let rows = work.flatMap { zip($0.shards, $0.rows) }.sorted { $0.0 < $1.0 }
    return rows.map(\.1)
  }

  /// Which thread reads which shards: the one that fetches gets fewer of them.
  private func share(_ count: Int) -> [Work] {
    var work = [Work](repeating: Work(), count: max(1, min(threads, count + 1)))
    // Reading and hashing take about as long as a third of a wave of text, unpacking longer than all.
    let fetching = file.isCompressed || layout.format == .binary ? count : count / 3
    let fair = max(0, (count + fetching) / work.count - fetching)
    for shard in 0..<count {
      let turn = work.count == 1 || shard >= count - fair ? 0 : 1 + shard % (work.count - 1)
      work[turn].shards.append(shard)
    }
    return work
  }

  private func cut(_ wave: VectorFileWave) -> (shards: [Range<Int>], rest: Int) {
    let size = max(1, size / 16)
    guard layout.format == .binary else { return wave.cutLines(size: size) }
    return wave.bytes[..<wave.count].withUnsafeBufferPointer {
      binary.cut($0, size: size, isAtEnd: wave.isAtEnd)
    }
  }

  private func run(_ work: inout [Work], _ shards: [Range<Int>], over wave: VectorFileWave) {
    let (bytes, count, offset, isAtEnd) = (wave.bytes, wave.count, wave.offset, wave.isAtEnd)
    let (layout, text, binary, isFirst) = (layout, text, binary, isFirst)
    Shards.forEach(&work, threads: threads) { _, work in
      if var next = work.fetch, let file = work.file {
        // Nobody else may hold the buffer, or filling it would copy it first.
        work.fetch = nil
        next.fill(from: file)
        work.fetch = next
      }
      for shard in work.shards {
        let range = shards[shard]
        let rows = bytes[..<count].withUnsafeBufferPointer { bytes in
          layout.format == .binary
            ? binary.read(range, of: bytes, at: offset, isAtEnd: isAtEnd)
            : text.read(
              UnsafeBufferPointer(rebasing: bytes[range]),
              isFirst: isFirst && range.lowerBound == 0)
        }
        work.rows.append(rows)
      }
    }
  }

  /// A line that is longer than a wave and so longer than any row: counted to its end, not kept.
  private mutating func endlessLine(_ wave: VectorFileWave) throws -> ShardRows {
    var length = wave.count
    var end: Int?
    while end == nil, case let count = try file.next(into: &spare), count > 0 {
      end = spare[..<count].firstIndex(of: 0x0a)
      length += end ?? count
    }
    var rows = ShardRows(block: VectorBlock(dimensions: layout.dimensions))
    rows.hasContent = true
    rows.error = VectorFileError(
      .lineTooLong(
        bytes: length, limit: TextShard.lineLimit(dimensions: layout.dimensions)),
      at: .line(file.name, 1, column: nil))
    return rows
  }
}
