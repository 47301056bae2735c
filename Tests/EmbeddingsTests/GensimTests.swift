import Embeddings
import FileAccess
import PipelineCore
import Testing

/// Compares the reading of 2,000 small files with gensim.
@Suite("Vector files compared with gensim")
struct GensimTests {
  /// A line of `Reference/gensim.txt`.
  private struct Reference {
    var file: String
    var content: String
  }

  private static let references: [Reference] = {
    let folder = Folder.split(#filePath).folder
    let bytes = try? InputFile.readAll(path: folder + "/Reference/gensim.txt", limit: 1 << 20)
    let lines = String(decoding: bytes ?? [], as: UTF8.self).split(separator: "\n").dropFirst()
    return lines.map { line in
      let fields = line.split(separator: " ")
      return Reference(file: String(fields[0]), content: String(fields[1]))
    }
  }()

  /// Files that gensim reads wrongly, with our error code for each.
  private static let silentlyWrong = [
    "one-value": "value-count", "count-low": "count-mismatch", "nan": "not-finite",
    "inf": "not-finite", "too-large": "not-finite", "underscore": "not-a-number",
    "header-zero-zero": "header-out-of-range", "header-zero": "header-out-of-range",
    "binary-trailing": "trailing-bytes", "binary-nan": "not-finite",
    "binary-count-low": "count-mismatch", "binary-narrow": "", "binary-spaced-word": "",
    "short-row": "value-count",
  ]
  /// Files that gensim refuses although they are valid or have rows that can be skipped.
  private static let ours: Set = [
    "tabs", "double-spaces", "spaced-word", "bad-utf8", "bom", "binary-bad-utf8",
  ]
  /// gensim keeps an empty word; we skip it.
  private static let emptyWord = "empty-word"

  private static func hash(_ bytes: some Sequence<UInt8>, _ start: UInt64) -> UInt64 {
    bytes.reduce(start) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
  }

  private static let start: UInt64 = 0xcbf2_9ce4_8422_2325

  private static func text(_ hash: UInt64) -> String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }

  /// The hash of the words and bits that `VectorFileReader` reads, or the error.
  private static func read(_ path: String) -> (content: String?, error: String) {
    do {
      var reader = try VectorFileReader(path: path)
      let vectors = try WordVectors(reading: &reader)
      var value = start
      for row in 0..<vectors.count {
        value = hash(vectors.vocabulary[row], value)
        value = hash([0x20], value)
        for number in vectors.vector(row) {
          value = hash(BinaryVectors.littleEndian(number.bitPattern), value)
        }
      }
      return (text(value), "")
    } catch { return (nil, "\(error)") }
  }

  @Test("Words and bits equal those of gensim; files that gensim reads wrongly are refused")
  func compare() throws {
    #expect(Self.references.count == 2000)
    let place = try VectorFile([0])
    var both = 0
    for (index, reference) in Self.references.enumerated() {
      let file = GeneratedVectorFile(index)
      let note = "file \(index), \(file.variant)"
      try #require(Self.text(Self.hash(file.bytes, Self.start)) == reference.file, "\(note)")
      try place.overwrite(with: file.bytes)
      let (content, error) = Self.read(place.path)
      if let code = Self.silentlyWrong[file.variant] {
        #expect(content == nil && error.contains("[vectors-\(code)"), "\(note): \(error)")
      } else if Self.ours.contains(file.variant) {
        #expect(content != nil && reference.content == "refused", "\(note): \(error)")
      } else if file.variant == Self.emptyWord {
        #expect(content != nil, "\(note): \(error)")
      } else if let content {
        #expect(content == reference.content, "\(note)")
        both += 1
      } else {
        #expect(reference.content == "refused", "\(note): \(error)")
      }
    }
    #expect(both == 479)
  }
}
