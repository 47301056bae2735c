import Embeddings
import FileAccess
import PipelineCore
import Testing

/// Real files from other projects, if available: set DOCKET_SHARED to the folder.
@Suite(
  "Vector files from other projects",
  .enabled(if: sharedFolder() != nil, "DOCKET_SHARED is not set"))
struct SharedVectorFileTests {
  /// Reads a file of the folder `data/vectors`.
  func read(_ name: String, mismatch: HeaderMismatch = .error) throws -> (VectorFileReader, Int) {
    let path = try #require(sharedFolder()) + "/data/vectors/" + name
    var reader = try VectorFileReader(path: path, headerMismatch: mismatch)
    var vector = [Float](repeating: 0, count: reader.dimensions)
    var usable = 0
    while try reader.next(into: &vector) != nil { usable += 1 }
    #expect(reader.sha256?.utf8.count == 64)
    return (reader, usable)
  }

  @Test(
    "Files of all formats are recognized and read to their end",
    arguments: [
      ("zh-tencent-char-200d.bin", .binary, 4729, 200),
      ("en-glove-6B-50d-top2446.txt", .glove, 2446, 50),
      ("en-agnews-w2v-100d.bin", .binary, 9236, 100),
      ("tr-ttc3600-w2v-100d.bin", .binary, 11499, 100),
      ("fa-isna-w2v-100d.bin", .binary, 11914, 100),
      ("hi-news-w2v-100d.vec", .text, 6754, 100),
      ("fixtures/tokensModel.txt", .text, 1186, 200),
      ("fixtures/tokensModel.bin", .binary, 1186, 200),
      ("fixtures/euclidean_vectors.bin", .binary, 2747, 10),
      ("fixtures/high_precision.kv.txt", .text, 2, 2),
      ("fixtures/high_precision.kv.bin", .binary, 2, 2),
      ("fixtures/pang_lee_polarity_fasttext.vec", .text, 1694, 100),
      ("fixtures/lee_fasttext.vec", .text, 1762, 10),
      ("fixtures/crime-and-punishment.vec", .text, 291, 5),
      ("fixtures/toy-model.vec", .text, 22, 5),
      ("fixtures/EN.1-10.cbow1_wind5_hs0_neg10_size300_smpl1e-05.txt", .text, 20, 300),
      ("fixtures/test_glove.txt", .glove, 76, 50),
    ] as [(String, VectorFileFormat, Int, Int)])
  func whole(_ name: String, _ format: VectorFileFormat, _ words: Int, _ width: Int) throws {
    let (reader, usable) = try read(name)
    #expect(reader.format == format)
    #expect(reader.dimensions == width)
    #expect(reader.counts.read == words)
    // Words in Latin-1 in a UTF-8 file.
    let spoilt = name.contains("glove-6B") || name.contains("pang_lee") ? 5 : 0
    #expect(reader.counts.invalidUTF8 == spoilt)
    #expect(usable == words - spoilt)
  }

  @Test("A wrong word count in the header is refused, or accepted on request")
  func wrongHeader() throws {
    let error = #expect(throws: VectorFileError.self) { try read("fixtures/pretrained.vec") }
    #expect(error?.fact == .countMismatch(declared: 3, found: 1))
    #expect(try read("fixtures/pretrained.vec", mismatch: .warn).1 == 1)
  }

  @Test("Words cut inside a character are skipped and counted")
  func cutWords() throws {
    let (reader, usable) = try read("fixtures/w2v_keyedvectors_load_test.modeldata")
    #expect(reader.counts.invalidUTF8 == 2)
    #expect(usable == 0)
  }

  @Test("The text and binary files of one model have the same vectors")
  func sameModel() throws {
    let folder = try #require(sharedFolder()) + "/data/vectors/fixtures/"
    for name in ["tokensModel", "high_precision.kv"] {
      var text = try VectorFileReader(path: folder + name + ".txt")
      var binary = try VectorFileReader(path: folder + name + ".bin")
      var left = [Float](repeating: 0, count: text.dimensions)
      var right = left
      var largest: Float = 0
      while let word = try text.next(into: &left) {
        #expect(try binary.next(into: &right) == word)
        for (a, b) in zip(left, right) { largest = max(largest, abs(a - b)) }
      }
      #expect(try binary.next(into: &right) == nil)
      // The text files are rounded differently, by less than one unit of the sixth decimal.
      #expect(largest < 1e-6)
    }
  }
}
