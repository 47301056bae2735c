import FileAccess
import PipelineCore

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
    /// 16-bit floats.
    case f16 = "F16"
    /// Bytes.
    case u8 = "U8"
    /// 64-bit floats: in files of other programs only, like all that follow.
    case f64 = "F64"
    /// The upper halves of 32-bit floats.
    case bf16 = "BF16"
    /// 32-bit signed integers.
    case i32 = "I32"
    /// Truth values, a byte each.
    case bool = "BOOL"

    /// Bytes a number.
    var width: Int {
      switch self {
      case .i64, .f64: 8
      case .f32, .i32: 4
      case .f16, .bf16: 2
      case .u8, .bool: 1
      }
    }

    /// Whether our own files have it.
    var isOurs: Bool {
      switch self {
      case .i64, .f32, .f16, .u8: true
      case .f64, .bf16, .i32, .bool: false
      }
    }
  }

  /// A tensor with its raw little-endian bytes.
  struct Tensor {
    var name: String
    var type: ElementType
    var shape: [Int]
    var data: [UInt8]

    /// A tensor of these bytes.
    init(name: String, type: ElementType, shape: [Int], data: [UInt8]) {
      self.name = name
      self.type = type
      self.shape = shape
      self.data = data
    }

    /// A tensor of 32-bit floats.
    init(_ tensor: NamedTensor) {
      self.init(
        name: tensor.name, type: .f32, shape: tensor.shape,
        data: tensor.values.withUnsafeBytes { Array($0) })
    }
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
  package func encoded() -> [UInt8] {
    let pieces = pieces()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(pieces.reduce(0) { $0 + $1.count })
    for piece in pieces { bytes += piece }
    return bytes
  }

  /// The same in pieces, the header first, for writing large files without a second copy of them.
  func pieces() -> [[UInt8]] {
    let order = tensors.sorted {
      ($1.type.width, $0.name) < ($0.type.width, $1.name)
    }
    var end = 0
    var members: [JSONMember] = []
    for tensor in order {
      let from = end
      end += tensor.data.count
      members.append(
        JSONMember(
          tensor.name,
          .members([
            "dtype": .string(tensor.type.rawValue),
            "shape": .array(tensor.shape.map { .integer($0) }),
            "data_offsets": .array([.integer(from), .integer(end)]),
          ])))
    }
    let digest = SHA256Digest()
    digest.update(header(members, checksum: Self.blankChecksum))
    for tensor in order { digest.update(tensor.data) }
    return [header(members, checksum: digest.hexadecimal())] + order.map(\.data)
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
