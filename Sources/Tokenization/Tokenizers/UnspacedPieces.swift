import PipelineCore

/// The pieces of a text: its characters, with ASCII words and numbers kept whole. Consecutive
/// characters in a script without spaces form a run.
struct UnspacedPieces {
  /// The ranges of the pieces.
  let ranges: [Range<Int>]
  /// Whether each piece is a character of a script without spaces.
  private let isUnspaced: [Bool]

  init(_ text: AlignedText) {
    let found = TokenRanges.characters(of: text, keepsWords: true)
    isUnspaced = text.bytes.withUnsafeBufferPointer { bytes in
      found.map { UnspacedScripts.contains(UTF8Scalars.decode(bytes, at: $0.lowerBound).scalar) }
    }
    ranges = found
  }

  /// Returns whether piece `index` and the next one belong to the same run.
  func joinsNext(_ index: Int) -> Bool {
    let next = index + 1
    return next < ranges.count && isUnspaced[index] && isUnspaced[next]
      && ranges[index].upperBound == ranges[next].lowerBound
  }

  /// The runs as ranges of piece indices. A piece of another script is a run by itself.
  var runs: [Range<Int>] {
    var runs: [Range<Int>] = []
    var start = 0
    for index in ranges.indices where !joinsNext(index) {
      runs.append(start..<index + 1)
      start = index + 1
    }
    return runs
  }
}
