import FileAccess
import PipelineCore

/// The content of a safetensors file: eight bytes with the length of the header, a JSON header, and
/// the numbers.
///
/// The `safetensors` package for Python can read the files that this type writes. This type is
/// stricter than that package when reading, because a model with any error must be refused as a
/// whole.
/// **Source:** the description of the format in the safetensors project, version 0.x.
struct Safetensors {
  /// The kinds of files that Docket writes, by the `format` in their metadata.
  enum Kind: String {
    case model = "docket-model"
    case checkpoint = "docket-checkpoint"

    /// The kind with its article, for messages.
    var name: String {
      switch self {
      case .model: "a model"
      case .checkpoint: "a checkpoint"
      }
    }
  }

  /// The type of the numbers in a tensor.
  enum ElementType: String {
    case i64 = "I64"
    case f32 = "F32"
    case f16 = "F16"
    case u8 = "U8"
    // The following types occur only in files from other programs. Docket never writes them.
    case f64 = "F64"
    case bf16 = "BF16"
    case i32 = "I32"
    case bool = "BOOL"

    /// The size of a number in bytes.
    var width: Int {
      switch self {
      case .i64, .f64: 8
      case .f32, .i32: 4
      case .f16, .bf16: 2
      case .u8, .bool: 1
      }
    }

    /// Whether the type can occur in files that Docket writes.
    var isOwn: Bool {
      switch self {
      case .i64, .f32, .f16, .u8: true
      case .f64, .bf16, .i32, .bool: false
      }
    }

    /// Whether the numbers are floats, which are read as 32-bit floats.
    var isFloat: Bool { [.f32, .f16, .bf16, .f64].contains(self) }
  }

  /// A tensor, row-major.
  struct Tensor {
    var name: String
    var type: ElementType
    var shape: [Int]
    /// The little-endian bytes; empty if `floats` has the numbers.
    var data: [UInt8]
    /// The numbers of a float tensor that was read, or of 32-bit floats that will be written. They
    /// are not copied to `data`, because the weights can take up most of the memory.
    var floats = SharedArray<Float>([])

    /// Creates a tensor from bytes.
    init(name: String, type: ElementType, shape: [Int], data: [UInt8]) {
      self.name = name
      self.type = type
      self.shape = shape
      self.data = data
    }

    /// Creates a tensor of 32-bit floats.
    init(_ tensor: NamedTensor) {
      self.init(name: tensor.name, type: .f32, shape: tensor.shape, data: [])
      floats = tensor.stored
    }

    /// The number of bytes in the file.
    var byteCount: Int { data.count + 4 * floats.count }

    /// Calls `body` with the little-endian bytes.
    func withBytes<Result>(
      _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
      try floats.isEmpty
        ? data.withUnsafeBytes(body)
        : floats.withUnsafeBufferPointer { try body(UnsafeRawBufferPointer($0)) }
    }
  }

  /// The metadata: strings by key.
  var metadata: [String: String]
  /// The tensors.
  var tensors: [Tensor]
  /// The mapped file that has the numbers; `nil` if they were copied.
  var mapping: MappedFile? = nil

  /// The maximum size of a header in bytes, enough for 10,000 labels and a large pipeline.
  static let headerLimit = 8 << 20
  /// The maximum length of a name in bytes. Real names are shorter, and comparing strings of
  /// combining marks takes time proportional to the square of their length.
  static let nameLimit = 1024
  /// The maximum number of tensors in a file that Docket wrote.
  static let tensorLimit = 256
  /// The metadata key of the checksum.
  static let checksumKey = "sha256"
  /// The digits that replace the checksum while it is computed.
  static let blankChecksum = String(repeating: "0", count: 64)
}

// MARK: - Writing

extension Safetensors {
  /// Returns the bytes of the file. The same content always gives the same bytes.
  ///
  /// Tensors are ordered by the width of their numbers, widest first, then by name; metadata by
  /// key. Spaces pad the header to a multiple of eight bytes, so every tensor is aligned. The
  /// checksum covers the whole file, with zeros in place of its own digits.
  func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(tensors.reduce(Self.headerLimit) { $0 + $1.byteCount })
    forEachPiece { bytes += $0 }
    return bytes
  }

  /// Calls `body` with the bytes of the file in pieces, the header first, so that writing a large
  /// file requires no copy.
  func forEachPiece(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    let order = tensors.sorted {
      ($1.type.width, $0.name) < ($0.type.width, $1.name)
    }
    var end = 0
    var members: [JSONMember] = []
    for tensor in order {
      let start = end
      end += tensor.byteCount
      members.append(
        JSONMember(
          tensor.name,
          .members([
            "dtype": .string(tensor.type.rawValue),
            "shape": .array(tensor.shape.map { .integer($0) }),
            "data_offsets": .array([.integer(start), .integer(end)]),
          ])))
    }
    let digest = SHA256Digest()
    digest.update(header(members, checksum: Self.blankChecksum))
    for tensor in order { tensor.withBytes { digest.update($0) } }
    try header(members, checksum: digest.hexadecimal()).withUnsafeBytes(body)
    for tensor in order { try tensor.withBytes(body) }
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
