import FileAccess

/// A safetensors file in memory: eight bytes of header length, a JSON header, the data.
///
/// Python reads what we write with the `safetensors` package; we read more strictly than it does,
/// because a model must be refused whole when anything in it is wrong.
/// **Source:** the format's description in the safetensors project, version 0.x.
struct Safetensors {
  /// How a tensor's numbers are written.
  enum ElementType: String, CaseIterable {
    /// 64-bit signed integers.
    case i64 = "I64"
    /// 32-bit floats.
    case f32 = "F32"
    /// Bytes.
    case u8 = "U8"

    /// Bytes a number.
    var width: Int {
      switch self {
      case .i64: 8
      case .f32: 4
      case .u8: 1
      }
    }
  }

  /// A tensor with its raw little-endian bytes.
  struct Tensor {
    var name: String
    var type: ElementType
    var shape: [Int]
    var data: [UInt8]
  }

  /// Text about the tensors, by key.
  var metadata: [String: String]
  /// The tensors.
  var tensors: [Tensor]

  /// The most bytes a header may have: room for 10,000 labels and a large pipeline.
  static let headerLimit = 8 << 20
  /// The most tensors a file may have.
  static let tensorLimit = 256
  /// The metadata key under which the checksum stands.
  static let checksumKey = "sha256"
  /// What stands in its place while the checksum is computed.
  static let blankChecksum = String(repeating: "0", count: 64)

  /// The file's bytes; the same contents give the same bytes.
  ///
  /// Tensors stand widest element first, then by name; metadata by key; the header is padded with
  /// spaces to eight bytes, so every tensor is aligned. The checksum covers all of it, with the
  /// checksum's own place blanked.
  func encoded() -> [UInt8] {
    let order = tensors.sorted {
      ($1.type.width, $0.name) < ($0.type.width, $1.name)
    }
    var data: [UInt8] = []
    data.reserveCapacity(order.reduce(0) { $0 + $1.data.count })
    var members: [JSONMember] = []
    for tensor in order {
      let from = data.count
      data += tensor.data
      members.append(
        JSONMember(
          tensor.name,
          .members([
            "dtype": .string(tensor.type.rawValue),
            "shape": .array(tensor.shape.map { .integer($0) }),
            "data_offsets": .array([.integer(from), .integer(data.count)]),
          ])))
    }
    let blank = header(members, checksum: Self.blankChecksum)
    let digest = SHA256Digest()
    digest.update(blank)
    digest.update(data)
    return header(members, checksum: digest.hexadecimal()) + data
  }

  private func header(_ tensors: [JSONMember], checksum: String) -> [UInt8] {
    var metadata = metadata
    metadata[Self.checksumKey] = checksum
    let texts = metadata.sorted { $0.key < $1.key }.map { JSONMember($0.key, .string($0.value)) }
    var json = JSONValue.object([JSONMember("__metadata__", .object(texts))] + tensors).encoded()
    while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
    return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
  }
}
