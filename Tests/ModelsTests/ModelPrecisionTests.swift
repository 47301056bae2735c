import Docket
import FileAccess
import Models
import NumericKernels
import PipelineCore
import TestSupport
import Testing

/// Models with weights of 16 and of 8 bits.
@Suite struct ModelPrecisionTests {
  private static let documents = [
    "bread oven and drum", "", "rain", "nothing known here", "wind wind choir 3",
  ].map { Array($0.utf8) }

  private static let models = [TinyModel.recurrent, TinyModel.linear]

  private func bits(_ pipeline: TrainedPipeline, threads: Int = 1) throws -> [[UInt32]] {
    try pipeline.predict(Self.documents, threads: threads).map {
      try $0.get().probabilities.map(\.bitPattern)
    }
  }

  private func floats(_ pipeline: TrainedPipeline) -> [String: [Float]] {
    var tensors = pipeline.model.tensors
    if let table = pipeline.model.embedding {
      tensors.append(
        NamedTensor(
          name: "embedding.weight", shape: [table.rowCount, table.dimensions],
          values: table.values))
    }
    return Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.values) })
  }

  /// The file of the recurrent model, converted.
  private static func file(_ precision: ModelPrecision) throws -> ModelBytes {
    try ModelBytes(ModelArchive.encode(TinyModel.recurrent.get().converted(to: precision)))
  }

  @Test("float16 rounds each weight to the nearest 16-bit float, once", arguments: [0, 1])
  func float16(number: Int) throws {
    let original = try Self.models[number].get()
    let half = try original.converted(to: .float16)
    #expect(half.precision == .float16)
    let bytes = try ModelArchive.encode(half)
    let whole = try half.converted(to: .float32)
    #expect(whole.precision == .float32)
    #expect(try ModelArchive.encode(whole.converted(to: .float16)) == bytes)
    #expect(floats(whole) == floats(half))
    #expect(try bits(whole) == bits(half))
    for (name, values) in floats(original) where !name.hasPrefix("ngrams.") {
      #expect(floats(half)[name] == values.map { Float(Float16($0)) }, "\(name)")
    }
    // The n-grams are in another order.
    for name in ["ngrams.idf", "ngrams.weight"] {
      let expected = floats(original)[name]?.map { Float(Float16($0)) }.sorted()
      #expect(floats(half)[name]?.sorted() == expected)
    }
    #expect(floats(half)["ngrams.key"]?.sorted() == floats(original)["ngrams.key"]?.sorted())
  }

  @Test(
    "A model that is already float32 is converted to the same bytes, without its vectors' format")
  func identity() throws {
    let bytes = try TinyModel.bytes.get()
    let pipeline = try ModelArchive.decode(bytes, name: "m", stages: .builtIn)
    #expect(try ModelArchive.encode(pipeline.converted(to: .float32)) == bytes)
  }

  @Test("int8 writes the same bytes again after reading", arguments: [0, 1])
  func int8(number: Int) throws {
    let original = try Self.models[number].get()
    let rounded = try original.converted(to: .int8)
    #expect(rounded.precision == .int8)
    let bytes = try ModelArchive.encode(rounded)
    // The table of the first keys takes 2,056 bytes, more than a tiny linear model saves.
    let table = number == 1 ? 2_056 : 0
    #expect(try bytes.count < ModelArchive.encode(original).count + table)
    let read = try ModelArchive.decode(bytes, name: "m", stages: .builtIn)
    #expect(try ModelArchive.encode(read) == bytes)
    #expect(try ModelArchive.encode(read.converted(to: .int8)) == bytes)
    #expect(try bits(read) == bits(rounded))
    #expect(try bits(read, threads: 3) == bits(rounded))
    for (name, values) in floats(original) {
      let others = try #require(floats(rounded)[name])
      guard !name.hasPrefix("ngrams.") else { continue }
      let largest = values.map(\.magnitude).max() ?? 0
      for (value, other) in zip(values, others) {
        #expect((value - other).magnitude <= largest / 250, "\(name)")
      }
    }
    #expect(floats(rounded)["ngrams.key"]?.sorted() == floats(original)["ngrams.key"]?.sorted())
    for precision in [ModelPrecision.float16, .float32] {
      let error = #expect(throws: ModelError.self) { try read.converted(to: precision) }
      #expect(error?.code == "lost-precision")
    }
  }

  @Test("A converted model that is mapped gives the same bits as one that was read")
  func mapped() throws {
    let folder = TestFolder()
    for precision in [ModelPrecision.float16, .int8] {
      for model in Self.models {
        let path = "\(folder.path)/model.docket"
        try ModelArchive.write(try model.get().converted(to: precision), to: path)
        try folder.setModified("model.docket", secondsAgo: 60)
        let mapped = try ModelArchive.open(path, stages: .builtIn)
        #expect(try bits(mapped) == bits(ModelArchive.read(path, stages: .builtIn)))
        try mapped.checkFile()
        let bytes = try InputFile.readAll(path: path, limit: 1 << 20)
        #expect(try ModelArchive.encode(mapped) == bytes)
      }
    }
  }

  @Test("Versions without these precisions read the header and refuse the file by its metadata")
  func olderVersions() throws {
    for precision in [ModelPrecision.float16, .int8] {
      let file = try Self.file(precision)
      let required = file["__metadata__"]?["requires"]?.string ?? ""
      #expect(required.split(separator: " ").last.map(String.init) == precision.rawValue)
      for member in file.header where member.key != "__metadata__" {
        let type = member.value["dtype"]?.string ?? ""
        #expect(["F32", "F16", "I64", "U8"].contains(type), "\(member.key)")
      }
    }
    var file = try Self.file(.int8)
    file.set("requires", of: "__metadata__", to: .string("int4"))
    let error = #expect(throws: ModelError.self) {
      try ModelArchive.decode(file.sealed(), name: "m", stages: .builtIn)
    }
    #expect(error?.sentence == "format 1.0 with int4 requires a newer version of docket")
  }

  @Test("A weight beyond the range of 16 bits is refused")
  func beyondFloat16() throws {
    var file = try ModelBytes(TinyModel.bytes.get())
    let range = try #require(file.range(of: "classifier.bias"))
    withUnsafeBytes(of: Float(1e6).bitPattern.littleEndian) {
      file.data.replaceSubrange(range.lowerBound..<range.lowerBound + 4, with: $0)
    }
    let pipeline = try ModelArchive.decode(file.sealed(), name: "m", stages: .builtIn)
    let error = #expect(throws: ModelError.self) { try pipeline.converted(to: .float16) }
    #expect(error?.code == "model-beyond-float16")
    #expect(throws: Never.self) { try pipeline.converted(to: .int8) }
  }

  // MARK: - Malformed files

  private static let recurrent = "lstm.weight_hh_l0"

  /// Sets four bytes of a tensor.
  private static func setFloat(_ value: Float, of tensor: String, in file: inout ModelBytes) {
    guard let range = file.range(of: tensor) else { return }
    withUnsafeBytes(of: value.bitPattern.littleEndian) {
      file.data.replaceSubrange(range.lowerBound..<range.lowerBound + 4, with: $0)
    }
  }

  private static func setByte(
    _ value: UInt8, at place: Int = 0, of tensor: String, in file: inout ModelBytes
  ) {
    guard let range = file.range(of: tensor) else { return }
    file.data[range.lowerBound + place] = value
  }

  private static func integers(_ values: Int...) -> JSONValue {
    .array(values.map { .integer($0) })
  }

  /// A change of a model of 8 bits, and a phrase of the expected error.
  struct Change: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var phrase: String
    var change: @Sendable (inout ModelBytes) -> Void

    init(_ name: String, _ phrase: String, _ change: @escaping @Sendable (inout ModelBytes) -> Void)
    {
      (testDescription, self.phrase, self.change) = (name, phrase, change)
    }
  }

  private static let changes: [Change] =
    [Float.nan, .infinity, -1, 0.1, 1e38, .leastNonzeroMagnitude, -0.0].map { scale in
      Change("a scale of \(scale)", "\(recurrent) and its scales do not match") {
        setFloat(scale, of: recurrent + ".scale", in: &$0)
      }
    } + [
      Change("a scale of 0 with numbers", "do not match") {
        setFloat(0, of: recurrent + ".scale", in: &$0)
      },
      Change("the number -128", "do not match") { setByte(0, of: recurrent, in: &$0) },
      Change("a row without the number 127", "do not match") { file in
        for k in 0..<4 { setByte(128, at: k, of: recurrent, in: &file) }
      },
      Change("no scales", "does not have the precision int8") {
        $0.remove(recurrent + ".scale")
      },
      Change("scales of another tensor", "its tensors differ in odd.scale") {
        $0.add("odd.scale", shape: [2, 1])
      },
      Change("scales in one row", "does not have the precision int8") {
        $0.set("shape", of: recurrent + ".scale", to: integers(1, 16))
      },
      Change("numbers in another shape", "does not have the precision int8") {
        $0.set("shape", of: recurrent, to: integers(4, 16))
      },
      Change("numbers in a shape of other rows", "the shape of lstm.weight_ih_l0 is [10, 8]") {
        file in
        file.set("shape", of: "lstm.weight_ih_l0", to: integers(10, 8))
        file.remove("lstm.weight_ih_l0.scale")
        file.add("lstm.weight_ih_l0.scale", shape: [10, 1])
        if let range = file.range(of: "lstm.weight_ih_l0") {
          for k in range { file.data[k] = 128 }
        }
      },
      Change("scales of bytes", "does not have the precision int8") { file in
        file.set("dtype", of: recurrent + ".scale", to: .string("U8"))
        file.set("shape", of: recurrent + ".scale", to: integers(16, 4))
      },
      Change("keys out of order", "ngrams.key has an invalid value") { file in
        guard let range = file.range(of: "ngrams.key.starts") else { return }
        let starts = (0..<257).map { k in
          (0..<8).reduce(0) { $0 | Int(file.data[range.lowerBound + 8 * k + $1]) << (8 * $1) }
        }
        // The first of two keys with the same high byte becomes the larger one.
        guard let place = zip(starts, starts.dropFirst()).first(where: { $1 - $0 >= 2 })?.0 else {
          return
        }
        for k in 0..<5 { setByte(255, at: 5 * place + k, of: "ngrams.key", in: &file) }
      },
      Change("starts beyond the keys", "ngrams.key has an invalid value") {
        setByte(200, at: 8 * 256, of: "ngrams.key.starts", in: &$0)
      },
      Change("a negative start", "ngrams.key has an invalid value") {
        setByte(255, at: 8 * 4 + 7, of: "ngrams.key.starts", in: &$0)
      },
      Change("no starts", "ngrams.key has an invalid value") { $0.remove("ngrams.key.starts") },
      Change("keys of one byte", "ngrams.key has an invalid value") { file in
        guard let count = file["ngrams.key"]?["shape"]?.array?[0].integer else { return }
        file.set("shape", of: "ngrams.key", to: integers(5 * count, 1))
      },
      Change("32-bit floats", "does not have the precision int8") { file in
        file.remove(recurrent)
        file.add(recurrent, shape: [16, 4])
      },
      Change("the precision float16", "does not have the precision float16") {
        $0.set("requires", of: "__metadata__", to: .string("float16"))
      },
      Change("no precision", "embedding.weight") {
        $0.set("requires", of: "__metadata__", to: .string(""))
      },
    ]

  @Test("A malformed model of 8 bits is refused", arguments: changes)
  func malformed(change: Change) throws {
    var file = try Self.file(.int8)
    change.change(&file)
    let error = #expect(throws: ModelError.self) {
      try ModelArchive.decode(file.sealed(), name: "m.docket", stages: .builtIn)
    }
    #expect(error?.code == "model-inconsistent")
    #expect(error?.sentence.contains(change.phrase) == true, "\(error?.sentence ?? "")")
  }

  @Test("A 16-bit float that is NaN or infinite is refused")
  func notFinite() throws {
    for bits in [0x7c00, 0xfc00, 0x7e01] as [UInt16] {
      var file = try Self.file(.float16)
      Self.setByte(UInt8(bits & 0xff), of: "classifier.bias", in: &file)
      Self.setByte(UInt8(bits >> 8), at: 1, of: "classifier.bias", in: &file)
      let error = #expect(throws: ModelError.self) {
        try ModelArchive.decode(file.sealed(), name: "m.docket", stages: .builtIn)
      }
      #expect(error?.code == "model-not-finite")
    }
  }

  @Test("Every 16-bit float is read as the same number")
  func allHalves() throws {
    let bits = Array(UInt16.min...UInt16.max)
    let finite = bits.filter { Float16(bitPattern: $0).isFinite }
    let data = finite.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
    let folder = TestFolder()
    let header =
      #"{"lstm.weight_ih_l0":{"dtype":"F16","shape":[\#(finite.count)],"data_offsets":[0,\#(data.count)]}}"#
    let path = try folder.file("w.safetensors", ModelBytes.file(header: header, data: data))
    let tensors = try ModelArchive.floats(ofForeignFile: path)
    let found = try #require(tensors.first?.values)
    #expect(
      zip(found, finite).allSatisfy {
        $0.bitPattern == Float(Float16(bitPattern: $1)).bitPattern
      })
    #expect(found.count == finite.count)
  }
}
