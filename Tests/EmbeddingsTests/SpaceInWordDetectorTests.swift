import Embeddings
import PipelineCore
import Testing

@Suite("Words with spaces in binary vector files")
struct SpaceInWordDetectorTests {
  /// Rows of random numbers in the range of trained vectors, some of them zero.
  func file(
    _ words: [[UInt8]], width: Int, _ generator: inout SeededGenerator, start: [UInt8] = []
  ) -> [UInt8] {
    var bytes = Array("\(words.count) \(width)\n".utf8)
    let scale: Float = [0.01, 0.3, 2][generator.next(below: 3)]
    for word in words {
      bytes += word + [0x20]
      var vector: [UInt8] = []
      for _ in 0..<width {
        let number: Float =
          generator.next(below: 40) == 0 ? 0 : scale * generator.uniform(in: -1...1)
        vector += BinaryVectors.littleEndian(number.bitPattern)
      }
      vector.replaceSubrange(..<start.count, with: start)
      bytes += vector
    }
    return bytes
  }

  func words(_ count: Int) -> [[UInt8]] { (0..<count).map { Array("word\($0)".utf8) } }

  @Test("They are refused in the first, last and other rows, mostly at the space")
  func refused() throws {
    let phrases = [
      "new york", "the end", "New York City", "a b", "na\u{ef}ve art", "in 1999", " leading",
      "trailing ", "北京 大学", "a long phrase of many words that is wider than some vectors are",
    ]
    var generator = SeededGenerator(seed: 11)
    for width in [10, 25, 50, 300] {
      var (named, all) = (0, 0)
      for phrase in phrases {
        for place in [0, 3, 7] {
          var words = words(8)
          words[place] = Array(phrase.utf8)
          let bytes = file(words, width: width, &generator)
          let error = try VectorFile(bytes).read().error
          #expect(error?.hasPrefix("vectors-") == true, "\(phrase) at \(place), width \(width)")
          named += error?.hasPrefix("vectors-space-in-word FILE@") == true ? 1 : 0
          all += 1
        }
      }
      #expect(named * 10 >= all * 8, "\(named) of \(all) at width \(width)")
    }
  }

  @Test("The error has the row, the whole word and the byte of the space")
  func message() throws {
    var generator = SeededGenerator(seed: 12)
    var words = words(5)
    words[2] = Array("new york".utf8)
    let path = try VectorFile(file(words, width: 50, &generator))
    // The header, two rows of "wordN", a space and 50 numbers, then "new".
    #expect(path.read().error == "vectors-space-in-word FILE@\(5 + 2 * 206 + 3)")
    var reader = try VectorFileReader(path: path.path)
    let error = #expect(throws: VectorFileError.self) { while try reader.nextBlock() != nil {} }
    #expect(error?.fact == .spaceInWord("new york", row: 3))
  }

  @Test("Words that are not UTF-8 are still skipped, and vectors may start like text")
  func accepted() throws {
    var generator = SeededGenerator(seed: 13)
    // Latin-1 with the invalid byte first, in the middle and last, and a truncated character.
    let odd: [[UInt8]] = [
      [0xe9, 0x74, 0xe9], [0x6e, 0x61, 0xef, 0x76, 0x65], [0x63, 0x61, 0x66, 0xe9],
      [0x61, 0xe6, 0xbc],
    ]
    // A letter and a space, in the first or second half of a number.
    let starts: [[UInt8]] = [
      [], [0x61, 0x20], [0x62, 0x20, 0x80, 0x3d], [0x61, 0x62, 0x20, 0xbe],
    ]
    for width in [1, 2, 3, 5, 10, 50, 300] {
      for start in starts {
        var words = words(600)
        for place in stride(from: 1, to: 600, by: 3) {
          words[place] = odd[generator.next(below: odd.count)] + Array("\(place)".utf8)
        }
        let outcome = try VectorFile(
          file(words, width: width, &generator, start: start)
        ).read()
        #expect(outcome.error == nil, "width \(width), \(start)")
        #expect(outcome.counts.read == 600)
        #expect(outcome.counts.invalidUTF8 == 200)
      }
    }
  }

  @Test("The result does not depend on where a buffer ends, and long runs of line feeds are read")
  func buffers() throws {
    var generator = SeededGenerator(seed: 14)
    for _ in 0..<20 {
      var words = words(400)
      words[generator.next(below: 400)] = Array("new york".utf8)
      let file = try VectorFile(self.file(words, width: 10, &generator))
      let expected = file.read()
      #expect(expected.error != nil)
      let small = file.outcome {
        try VectorFileReader(
          path: file.path, format: .auto, headerMismatch: .error, nonFinite: .error, threads: 2,
          bufferSize: 1)
      }
      #expect(small == expected)
    }
    let feeds = [UInt8](repeating: 0x0a, count: 100_000)
    let row = Array("a ".utf8) + [0, 0, 0x80, 0x3f]
    let file = try VectorFile(Array("2 1\n".utf8) + row + feeds + row)
    let outcome = file.outcome {
      try VectorFileReader(
        path: file.path, format: .binary, headerMismatch: .error, nonFinite: .error, threads: 1,
        bufferSize: 1)
    }
    #expect(outcome.words == ["a", "a"], "\(outcome.error ?? "")")
  }
}
