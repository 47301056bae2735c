import Docket
import FileAccess
import PipelineCore
import PipelineFiles
import TestSupport

/// Changes to a safetensors file, chosen by the bytes of an input. They keep the file's structure
/// unless the input says otherwise, so most mutants have a correct checksum.
struct ModelMutation {
  private var input: FuzzInput
  private var file: ModelBytes

  /// Returns the mutant of `file` that `input` describes; an empty input changes nothing.
  static func apply(_ input: FuzzInput, to file: [UInt8]) throws -> [UInt8] {
    guard !input.rest.isEmpty else { return file }
    var mutation = ModelMutation(input: input, file: try ModelBytes(file))
    return mutation.run()
  }

  private mutating func run() -> [UInt8] {
    let flags = input.byte()
    var changes = 0
    while !input.rest.isEmpty, changes < 6 {
      changes += 1
      change()
    }
    if flags & 1 != 0 { repairFingerprint() }
    var bytes = flags & 6 == 6 ? file.assembled() : file.sealed()
    if flags & 24 == 24 {
      for _ in 0..<2 where !bytes.isEmpty {
        bytes[input.number(below: bytes.count)] ^= 1 << UInt8(input.number(below: 8))
      }
    }
    if flags & 96 == 96 { bytes.removeLast(input.number(below: bytes.count)) }
    return bytes
  }

  private mutating func change() {
    switch input.number(below: 8) {
    case 0: changeHeader()
    case 1, 2: changeMetadata { $0.changedText($1) }
    case 3: changeMetadata { $0.changedJSON($1) }
    case 4: changeNumber()
    case 5: changeShape()
    case 6: changeData()
    default: renameTensor()
    }
  }

  // MARK: - The header

  private mutating func changeHeader() {
    if case .object(let members)? = changed(.object(file.header), depth: 0) {
      file.header = members
    }
  }

  /// Changes the text of a metadata member.
  private mutating func changeMetadata(
    _ change: (inout ModelMutation, String) -> String?
  ) {
    let members = file["__metadata__"]?.object ?? []
    guard !members.isEmpty else { return }
    let member = members[input.number(below: members.count)]
    let text = change(&self, member.value.string ?? "")
    file.set(member.key, of: "__metadata__", to: text.map { .string($0) })
  }

  /// Returns a text with one part replaced.
  private mutating func changedText(_ text: String) -> String? {
    var bytes = Array(text.utf8)
    let start = input.number(below: bytes.count + 1)
    let end = min(bytes.count, start + input.number(below: 32))
    bytes.replaceSubrange(start..<end, with: input.bytes())
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Returns a JSON text with one value changed.
  private mutating func changedJSON(_ text: String) -> String? {
    guard let value = try? JSONValue.parse(Array(text.utf8), file: "text") else { return "[]" }
    return changed(value, depth: 0)?.text()
  }

  /// Returns a value with one part changed; `nil` to remove it.
  private mutating func changed(_ value: JSONValue, depth: Int) -> JSONValue? {
    switch (input.number(below: 6), value) {
    case (0, _): return odd()
    case (1, _) where depth > 0: return nil
    case (2, .array(let values)): return .array(values + [odd()])
    case (2, .object(let members)): return .object(members + [JSONMember("odd", odd())])
    case (_, .array(var values)) where !values.isEmpty:
      let index = input.number(below: values.count)
      let part = changed(values[index], depth: depth + 1)
      values.replaceSubrange(index...index, with: part.map { [$0] } ?? [])
      return .array(values)
    case (_, .object(var members)) where !members.isEmpty:
      let index = input.number(below: members.count)
      let part = changed(members[index].value, depth: depth + 1)
      members.replaceSubrange(
        index...index, with: part.map { [JSONMember(members[index].key, $0)] } ?? [])
      return .object(members)
    case (_, .number(let number)):
      return number.integer.map { .integer($0 &+ (input.number(below: 9) - 4)) } ?? odd()
    default: return odd()
    }
  }

  /// Returns an unusual value.
  private mutating func odd() -> JSONValue {
    let numbers = ["-1", "9223372036854775807", "-9223372036854775808", "1e308", "1e999", "0.5"]
    switch input.number(below: 12) {
    case 0: return .null
    case 1: return .bool(true)
    case 2: return .string("")
    case 3: return .string(String(decoding: input.bytes(), as: UTF8.self))
    case 4: return .array([])
    case 5: return .object([])
    case let kind:
      let text = numbers[kind - 6]
      return (try? JSONValue.parse(Array(text.utf8), file: "number")) ?? .null
    }
  }

  /// Sets the fingerprint of the text stages to that of the changed pipeline.
  private mutating func repairFingerprint() {
    let metadata = file["__metadata__"]
    guard
      var pipeline = try? PipelineDescription.parse(
        metadata?["pipeline"]?.string ?? "", name: "pipeline", stages: .builtIn,
        requireFiles: false)
    else { return }
    try? pipeline.restoreWordLists { list in
      var words = Vocabulary()
      if let range = file.range(of: "\(list).bytes"), range.upperBound <= file.data.count,
        range.lowerBound >= 0
      {
        for word in file.data[range].split(separator: 0x64) { words.insert(word + [0x64]) }
      }
      return words
    }
    file.set("text_sha256", of: "__metadata__", to: .string(pipeline.textFingerprint))
  }

  // MARK: - The tensors

  private var tensors: [String] { file.header.map(\.key).filter { $0 != "__metadata__" } }

  private mutating func tensor() -> (name: String, range: Range<Int>)? {
    guard !tensors.isEmpty else { return nil }
    let name = tensors[input.number(below: tensors.count)]
    guard let range = file.range(of: name), range.lowerBound >= 0, !range.isEmpty,
      range.upperBound <= file.data.count
    else { return nil }
    return (name, range)
  }

  /// Replaces four bytes of a tensor.
  private mutating func changeNumber() {
    let numbers: [UInt32] = [
      0, 0x7FC0_0000, 0x7F80_0000, 0x7F7F_FFFF, 0xFF7F_FFFF, 1, 0x8000_0000, 0xFFFF_FFFF,
    ]
    guard let (_, range) = tensor(), range.count >= 4 else { return }
    let place = range.lowerBound + input.number(below: range.count / 4) * 4
    withUnsafeBytes(of: numbers[input.number(below: 8)].littleEndian) {
      file.data.replaceSubrange(place..<place + 4, with: $0)
    }
  }

  /// Adds, removes or exchanges lengths of a shape, which may leave its size unchanged.
  private mutating func changeShape() {
    guard let (name, _) = tensor(), var shape = file[name]?["shape"]?.array else { return }
    switch input.number(below: 4) {
    case 0: shape.append(.integer(1))
    case 1: shape.reverse()
    case 2: shape = [.integer(shape.compactMap(\.integer).reduce(1, &*))]
    default: shape.insert(.integer(input.number(below: 3)), at: 0)
    }
    file.set("shape", of: name, to: .array(shape))
  }

  /// Changes bytes of a tensor, or the length of the data.
  private mutating func changeData() {
    switch input.number(below: 4) {
    case 0: file.data += input.bytes()
    case 1: file.data.removeLast(min(file.data.count, input.number(below: 16)))
    case 2:
      if let (name, _) = tensor() { file.remove(name) }
    default:
      if let (_, range) = tensor() {
        file.data[range.lowerBound + input.number(below: range.count)] = UInt8(input.byte())
      }
    }
  }

  private mutating func renameTensor() {
    guard let (name, _) = tensor(),
      let index = file.header.firstIndex(where: { $0.key == name })
    else { return }
    let other = tensors[input.number(below: tensors.count)]
    switch input.number(below: 3) {
    case 0: file.header[index].key = String(decoding: input.bytes(), as: UTF8.self)
    case 1:
      if let second = file.header.firstIndex(where: { $0.key == other }) {
        file.header[second].key = name
        file.header[index].key = other
      }
    default:
      let types = ["I64", "F32", "F16", "U8", "F64", "BOOL"]
      file.set("dtype", of: name, to: .string(types[input.number(below: types.count)]))
    }
  }
}
