import FileAccess
import PipelineCore

/// A file of lines `label<TAB>tokens separated by spaces`, as `docket tokenize --labelled` writes
/// it and the peers read it.
struct TokenCorpus {
  private let lines: [(label: Label, words: [ArraySlice<UInt8>])]

  init(path: String, maximumTokens: Int) throws {
    let bytes = try InputFile.readAll(path: path, limit: 1 << 32)
    lines = bytes.split(separator: UInt8(ascii: "\n")).map { line in
      let parts = line.split(
        separator: UInt8(ascii: "\t"), maxSplits: 1, omittingEmptySubsequences: false)
      let words = (parts.last ?? []).split(separator: UInt8(ascii: " "))
      return (Label(bytes: Array(parts[0])), Array(words.prefix(maximumTokens)))
    }
  }

  var labels: LabelSet { LabelSet(lines.map(\.label)) }

  /// Returns random vectors for the words that occur at least twice, like the vectors of the peers.
  func table(dimensions: Int, isTrainable: Bool) -> EmbeddingTable {
    var counts = Vocabulary()
    var tally: [Int] = []
    for line in lines {
      for word in line.words {
        let (number, isNew) = counts.insert(word)
        if isNew { tally.append(1) } else { tally[number] += 1 }
      }
    }
    var vocabulary = Vocabulary()
    for number in tally.indices where tally[number] >= 2 { vocabulary.insert(counts[number]) }
    var generator = SeededGenerator(seed: 1)
    let values = (0..<(vocabulary.count + 1) * dimensions).map { _ in
      generator.uniform(in: -0.17...0.17)
    }
    return EmbeddingTable(
      vocabulary: vocabulary, dimensions: dimensions, values: values, isTrainable: isTrainable,
      summary: "random")
  }

  func examples(_ table: EmbeddingTable, labels: LabelSet) -> LabelledExamples {
    let documents = lines.map { line in
      let hashes = line.words.map { ByteHash.hash($0) }
      let rows = zip(line.words, hashes).map { table.row(of: $0, hash: $1) }
      return EncodedDocument(rows: rows, hashes: hashes)
    }
    return LabelledExamples(
      documents: documents, labels: lines.map { labels.number(of: $0.label) ?? 0 },
      labelCount: labels.count)
  }
}
