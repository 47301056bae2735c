package import FileAccess

/// The parts of a model file, which can be changed and assembled again with a correct checksum.
package struct ModelBytes {
  /// The members of the header.
  package var header: [JSONMember]
  /// The bytes after the header.
  package var data: [UInt8]

  /// Splits a model file into its parts.
  package init(_ bytes: [UInt8]) throws {
    let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    header = try JSONValue.parse(Array(bytes[8..<(8 + length)]), file: "header").object ?? []
    data = Array(bytes[(8 + length)...])
  }

  /// Returns a file with any header.
  package static func file(header: String, data: [UInt8]) -> [UInt8] {
    file(header: Array(header.utf8), data: data)
  }

  /// Returns a file with any header, which need not be valid UTF-8.
  package static func file(header: [UInt8], data: [UInt8]) -> [UInt8] {
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header + data
  }

  /// Returns the range of a tensor in `data`.
  package func range(of tensor: String) -> Range<Int>? {
    guard let offsets = self[tensor]?["data_offsets"]?.array?.compactMap(\.integer),
      offsets.count == 2, offsets[0] <= offsets[1]
    else { return nil }
    return offsets[0]..<offsets[1]
  }

  /// A member of the header.
  package subscript(key: String) -> JSONValue? {
    get { header.first { $0.key == key }?.value }
    set {
      header.removeAll { $0.key == key }
      if let newValue { header.append(JSONMember(key, newValue)) }
    }
  }

  /// Sets a member of an object in the header; `nil` removes it.
  package mutating func set(_ key: String, of object: String, to value: JSONValue?) {
    var members = (self[object]?.object ?? []).filter { $0.key != key }
    if let value { members.append(JSONMember(key, value)) }
    self[object] = .object(members)
  }

  /// Removes a tensor with its bytes, and moves those after it.
  package mutating func remove(_ tensor: String) {
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

  /// Adds a tensor of zeros after all others.
  package mutating func add(_ tensor: String, shape: [Int]) {
    let start = data.count
    data += [UInt8](repeating: 0, count: 4 * shape.reduce(1, *))
    self[tensor] = .members([
      "dtype": .string("F32"), "shape": .array(shape.map { .integer($0) }),
      "data_offsets": .array([.integer(start), .integer(data.count)]),
    ])
  }

  /// Returns the file with a correct checksum.
  package func sealed() -> [UInt8] {
    var blank = self
    blank.set("sha256", of: "__metadata__", to: .string(String(repeating: "0", count: 64)))
    var whole = self
    whole.set(
      "sha256", of: "__metadata__", to: .string(SHA256Digest.hexadecimal(of: blank.assembled())))
    return whole.assembled()
  }

  /// Returns the file with the checksum that its header has.
  package func assembled() -> [UInt8] {
    Self.file(header: JSONValue.object(header).encoded(), data: data)
  }
}
