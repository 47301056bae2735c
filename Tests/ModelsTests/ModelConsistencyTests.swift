import TestSupport
import Docket
import FileAccess
import PipelineCore
import Testing

/// Models with a correct checksum and parts that contradict each other. Another program, perhaps a
/// malicious one, can write them.
@Suite struct ModelConsistencyTests {
  /// A change of a valid model, and the expected error.
  struct Change: Sendable, CustomTestStringConvertible {
    var name: String
    var code: String
    var phrase: String
    var change: @Sendable (inout ModelBytes) -> Void
    var testDescription: String { name }

    init(
      _ name: String, _ code: String, _ phrase: String,
      _ change: @escaping @Sendable (inout ModelBytes) -> Void
    ) {
      (self.name, self.code, self.phrase, self.change) = (name, code, phrase, change)
    }

    /// Changes a string in the metadata.
    static func metadata(
      _ key: String, _ value: String?, _ code: String, _ phrase: String
    ) -> Change {
      Change("\(key) is \(value ?? "left out")", code, phrase) {
        $0.set(key, of: "__metadata__", to: value.map { .string($0) })
      }
    }

    /// Changes the header of a tensor.
    static func tensor(
      _ tensor: String, _ key: String, _ value: JSONValue, _ phrase: String
    ) -> Change {
      Change("\(key) of \(tensor) is \(value.text())", "model-damaged", phrase) {
        $0.set(key, of: tensor, to: value)
      }
    }
  }

  private static let weight = "lstm.weight_hh_l0"

  private static func integers(_ values: Int...) -> JSONValue {
    .array(values.map { .integer($0) })
  }

  /// A name that takes minutes to compare by characters.
  private static let marks = "a" + String(repeating: "\u{301}\u{316}", count: 1000)

  private static let damaged: [Change] = [
    .tensor(weight, "dtype", .string("BF16"), "unknown type"),
    .tensor(weight, "dtype", .string("I64"), "does not match its size"),
    .tensor(weight, "dtype", .null, "unknown type"),
    .tensor(weight, "shape", integers(1, 1), "does not match its size"),
    .tensor(weight, "shape", integers(-16, -4), "outside"),
    .tensor(weight, "shape", integers(1, 1, 1, 1, 1, 1, 1, 1, 16, 4), "outside"),
    .tensor(weight, "shape", integers(1 << 62, 1 << 62), "does not match its size"),
    .tensor(weight, "shape", .string("16x4"), "outside"),
    .tensor(weight, "data_offsets", integers(0, 256), "gap or overlap"),
    .tensor(weight, "data_offsets", integers(256, 0), "outside"),
    .tensor(weight, "data_offsets", integers(-256, 0), "outside"),
    .tensor(weight, "data_offsets", integers(1 << 40, 1 << 40 + 256), "outside"),
    .tensor(weight, "data_offsets", integers(Int.min, Int.max), "outside"),
    .tensor(weight, "data_offsets", integers(0), "outside"),
    Change("a byte more at the end", "model-damaged", "after the last tensor") {
      $0.data.append(0)
    },
    Change("257 tensors", "model-damaged", "tensors") {
      for number in 0..<257 { $0.add("t\(number)", shape: [1]) }
    },
    Change("a number in the metadata", "model-damaged", "not a string") {
      $0.set("seed", of: "__metadata__", to: .integer(1))
    },
    .metadata("format_version", nil, "model-damaged", "no format version"),
    .metadata("format_version", "one", "model-damaged", "no format version"),
    .metadata("labels", nil, "model-damaged", "labels"),
    .metadata("labels", "{}", "model-damaged", "labels"),
    .metadata("labels", "[1,2,3]", "model-damaged", "labels"),
    .metadata("overrides", "[", "model-damaged", "overrides"),
    .metadata("profile", "{}", "model-damaged", "profile"),
    .metadata("profile", "[1", "model-damaged", "profile"),
    .metadata("format_version", "1.0.x", "model-damaged", "no format version"),
    .metadata("format_version", "1", "model-damaged", "no format version"),
    .metadata(marks, "x", "model-damaged", "a name in the header"),
    Change("a tensor name of combining marks", "model-damaged", "a name in the header") {
      $0.add(marks, shape: [1])
    },
  ]

  private static let inconsistent: [Change] = [
    .metadata("format_version", "2.0", "model-too-new", "format 2.0"),
    .metadata("requires", "telepathy", "model-too-new", "telepathy"),
    .metadata("format", "pt", "foreign-safetensors", "embedding.weight"),
    .metadata("labels", "[]", "model-inconsistent", "labels"),
    .metadata("labels", #"["a","a","b"]"#, "model-inconsistent", "repeated"),
    .metadata("labels", #"["b","a","c"]"#, "model-inconsistent", "byte order"),
    .metadata("labels", #"["","a","b"]"#, "model-inconsistent", "empty"),
    .metadata("confidence_curve", "", "model-inconsistent", "confidence curve"),
    .metadata("confidence_curve", #"{"scale":1}"#, "model-inconsistent", "confidence curve"),
    .metadata(
      "confidence_curve", #"{"scale":0,"bend":0}"#, "model-inconsistent", "confidence curve"),
    .metadata("confidence_curve", #"{"scale":1,"bend":-1}"#, "model-inconsistent", "curve"),
    .metadata("confidence_curve", #"{"scale":1e39,"bend":0}"#, "model-inconsistent", "curve"),
    .metadata("text_sha256", nil, "model-inconsistent", "text stages"),
    .metadata(
      "text_sha256", String(repeating: "0", count: 64), "model-inconsistent", "text stages"),
    .metadata("labels", #"["a","b"]"#, "model-inconsistent", "classifier"),
    .metadata("labels", #"["a","b","c","d"]"#, "model-inconsistent", "classifier"),
    .metadata("pipeline", "", "model-inconsistent", "pipeline"),
    .metadata(
      "pipeline", "docket: 1\nclassifier: oracle.v1\n", "missing-stage", "needs the stage oracle.v1"
    ),
    Change("a tensor is missing", "model-inconsistent", "is missing") { $0.remove(weight) },
    Change("a tensor too many", "model-inconsistent", "differ in lstm.weight_hh_l1") {
      $0.add("lstm.weight_hh_l1", shape: [16, 4])
    },
    Change("a word list that no stage has", "model-inconsistent", "differ in words.0") {
      $0.add("words.0.bytes", shape: [4])
    },
    Change("layers that the file does not have", "model-inconsistent", "weights, but the file") {
      let pipeline = $0["__metadata__"]?["pipeline"]?.string ?? ""
      let changed = pipeline.replacing("hidden: 4\n", with: "hidden: 4096\n")
      $0.set("pipeline", of: "__metadata__", to: .string(changed))
    },
    Change("a matrix without columns", "model-inconsistent", "rows and columns") {
      $0.remove("embedding.weight")
      $0.add("embedding.weight", shape: [1 << 40, 0])
    },
    Change("a tensor of another shape", "model-inconsistent", "shape") {
      $0.remove(weight)
      $0.add(weight, shape: [4, 16])
    },
    Change("vectors for fewer words", "model-inconsistent", "embedding.weight") {
      $0.remove("embedding.weight")
      $0.add("embedding.weight", shape: [2, 5])
    },
    Change("no vocabulary", "model-inconsistent", "is missing") { $0.remove("vocab.bytes") },
    Change("a word that is not UTF-8", "model-inconsistent", "UTF-8") { file in
      if let range = file.range(of: "vocab.bytes") { file.data[range.lowerBound] = 0xFF }
    },
    Change("offsets that fall", "model-inconsistent", "offsets") { file in
      if let range = file.range(of: "vocab.offsets") { file.data[range.lowerBound + 8] = 200 }
    },
    Change("offsets that are negative", "model-inconsistent", "offsets") { file in
      if let range = file.range(of: "vocab.offsets") { file.data[range.lowerBound + 15] = 0x80 }
    },
  ]

  @Test(
    "A model with inconsistent parts is refused with the reason", arguments: damaged + inconsistent)
  func refused(_ change: Change) throws {
    var file = try ModelBytes(TinyModel.bytes.get())
    change.change(&file)
    let bytes = file.sealed()
    let error = #expect(throws: ModelError.self) {
      try ModelArchive.decode(bytes, name: "m.docket", stages: .builtIn)
    }
    #expect(error?.code == change.code, "\(String(describing: error))")
    #expect(error?.sentence.contains(change.phrase) == true, "\(String(describing: error))")
    #expect(error?.category == .badInput)
    #expect(error?.description.hasPrefix("m.docket") == true)
  }

  @Test("A vocabulary with a repeated word is refused")
  func wordTwice() throws {
    var file = try ModelBytes(TinyModel.bytes.get())
    let words = try #require(file.range(of: "vocab.bytes"))
    let offsets = try #require(file.range(of: "vocab.offsets"))
    // Every byte becomes the same letter, so words of equal length are equal.
    file.data.replaceSubrange(words, with: Array(repeating: 0x61, count: words.count))
    #expect(offsets.count > 16)
    #expect(throws: ModelError.self) {
      try ModelArchive.decode(file.sealed(), name: "m", stages: .builtIn)
    }
  }

  @Test("Unknown metadata is ignored, and a newer minor version is read")
  func unknownMetadata() throws {
    var file = try ModelBytes(TinyModel.bytes.get())
    file.set("mood", of: "__metadata__", to: .string("sunny"))
    file.set("format_version", of: "__metadata__", to: .string("1.7"))
    #expect(try ModelArchive.decode(file.sealed(), name: "m", stages: .builtIn).labels.count == 3)
  }

  @Test("A file with a very long name of combining marks is recognized in little time")
  func longNameOfMarks() throws {
    // These are bytes, because the time to compare strings of marks is quadratic in their length.
    let marks = [UInt8](repeating: 0, count: 150_000).flatMap { _ in
      [0xCC, 0x81, 0xCC, 0x96] as [UInt8]
    }
    let header =
      Array(#"{"__metadata__":{"format":"docket-model","seed":"1","a"#.utf8) + marks
      + Array(#"":"x"}}"#.utf8)
    let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
    let folder = TestFolder()
    let path = try folder.file("m.docket", length + header)
    let started = ContinuousClock.now
    #expect(ModelArchive.isModel(path))
    #expect(ContinuousClock.now - started < .seconds(3))
  }

  @Test("Writing a model over another one replaces it and leaves no other files")
  func replaced() throws {
    let folder = TestFolder()
    let path = folder.path + "/m.docket"
    let digest = try ModelArchive.write(TinyModel.recurrent.get(), to: path)
    #expect(digest == SHA256Digest.hexadecimal(of: try TinyModel.bytes.get()))
    let old = try ModelArchive.read(path, stages: .builtIn)
    #expect(try ModelArchive.write(TinyModel.linear.get(), to: path) != digest)
    #expect(try ModelArchive.encode(old) == TinyModel.bytes.get())
    #expect(try ModelArchive.read(path, stages: .builtIn).classifierName == "ngrams.v1")
    #expect(try Folder.names(in: folder.path) == ["m.docket"])
  }
}
