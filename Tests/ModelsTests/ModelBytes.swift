import FileAccess

/// The parts of a model file, to be changed and put together again with a checksum that fits.
struct ModelBytes {
  /// The members of the header.
  var header: [JSONMember]
  /// What stands behind it.
  var data: [UInt8]

  /// Takes a model file apart.
  init(_ bytes: [UInt8]) throws {
    let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    header = try JSONValue.parse(Array(bytes[8..<(8 + length)]), file: "header").object ?? []
    data = Array(bytes[(8 + length)...])
  }

  /// A file with any header.
  static func file(header: String, data: [UInt8]) -> [UInt8] {
    file(header: Array(header.utf8), data: data)
  }

  /// The same with bytes that need be no text.
  static func file(header: [UInt8], data: [UInt8]) -> [UInt8] {
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header + data
  }

  /// Where a tensor's bytes stand in `data`.
  func range(of tensor: String) -> Range<Int>? {
    guard let offsets = self[tensor]?["data_offsets"]?.array?.compactMap(\.integer),
      offsets.count == 2
    else { return nil }
    return offsets[0]..<offsets[1]
  }

  /// A member of the header.
  subscript(key: String) -> JSONValue? {
    get { header.first { $0.key == key }?.value }
    set {
      header.removeAll { $0.key == key }
      if let newValue { header.append(JSONMember(key, newValue)) }
    }
  }

  /// Sets a member of an object in the header; `nil` takes it out.
  mutating func set(_ key: String, of object: String, to value: JSONValue?) {
    var members = (self[object]?.object ?? []).filter { $0.key != key }
    if let value { members.append(JSONMember(key, value)) }
    self[object] = .object(members)
  }

  /// Takes a tensor out with its bytes, and moves those behind it.
  mutating func remove(_ tensor: String) {
    guard let range = range(of: tensor) else { return }
    data.removeSubrange(range)
    self[tensor] = nil
    for member in header where member.key != "__metadata__" {
      guard let other = self.range(of: member.key), other.lowerBound >= range.upperBound else {
        continue
      }
      let moved = [other.lowerBound - range.count, other.upperBound - range.count]
      set("data_offsets", of: member.key, to: .array(moved.map { .integer($0) }))
    }
  }

  /// Adds a tensor of floats behind all others.
  mutating func add(_ tensor: String, shape: [Int]) {
    let start = data.count
    data += [UInt8](repeating: 0, count: 4 * shape.reduce(1, *))
    self[tensor] = .members([
      "dtype": .string("F32"), "shape": .array(shape.map { .integer($0) }),
      "data_offsets": .array([.integer(start), .integer(data.count)]),
    ])
  }

  /// The file, with a checksum that fits.
  func sealed() -> [UInt8] {
    var blank = self
    blank.set("sha256", of: "__metadata__", to: .string(String(repeating: "0", count: 64)))
    var whole = self
    whole.set(
      "sha256", of: "__metadata__", to: .string(SHA256Digest.hexadecimal(of: blank.assembled())))
    return whole.assembled()
  }

  private func assembled() -> [UInt8] {
    Self.file(header: JSONValue.object(header).encoded(), data: data)
  }
}
