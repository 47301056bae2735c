import FileAccess
import PipelineCore

/// The content of a safetensors file: eight bytes with the length of the header, a JSON header, and
/// the data of the tensors.
///
/// The `safetensors` package for Python can read the files that this type writes. Reading is
/// stricter than in that package, because a model with any error must be rejected as a whole.
/// **Source:** the description of the format in the safetensors project, version 0.x.
struct Safetensors {
  /// The kinds of files that Docket writes, identified by `format` in their metadata.
  enum Kind: String {
    case model = "docket-model"
    case checkpoint = "docket-checkpoint"

    /// The kind with an indefinite article ("a model"), for messages.
    var name: String {
      switch self {
      case .model: "a model"
      case .checkpoint: "a checkpoint"
      }
    }
  }

  /// The type of the elements of a tensor.
  enum ElementType: String {
    case i64 = "I64"
    case f32 = "F32"
    case f16 = "F16"
    case u8 = "U8"
    // The following occur only in files from other programs.
    case f64 = "F64"
    case bf16 = "BF16"
    case i32 = "I32"
    case bool = "BOOL"

    /// The size of an element in bytes.
    var width: Int {
      switch self {
      case .i64, .f64: 8
      case .f32, .i32: 4
      case .f16, .bf16: 2
      case .u8, .bool: 1
      }
    }

    /// Whether files written by Docket can have the type.
    fileprivate var isOwn: Bool {
      switch self {
      case .i64, .f32, .f16, .u8: true
      case .f64, .bf16, .i32, .bool: false
      }
    }
  }

  /// A tensor as little-endian bytes, row-major.
  struct Tensor {
    var name: String
    var type: ElementType
    var shape: [Int]
    var data: [UInt8]

    /// Creates a tensor of these bytes.
    init(name: String, type: ElementType, shape: [Int], data: [UInt8]) {
      self.name = name
      self.type = type
      self.shape = shape
      self.data = data
    }

    /// Creates a tensor of 32-bit floats.
    init(_ tensor: NamedTensor) {
      self.init(
        name: tensor.name, type: .f32, shape: tensor.shape,
        data: tensor.values.withUnsafeBytes { Array($0) })
    }
  }

  /// The metadata: strings by key.
  var metadata: [String: String]
  /// The tensors.
  var tensors: [Tensor]

  /// The maximum size of a header in bytes, enough for 10,000 labels and a large pipeline.
  fileprivate static let headerLimit = 8 << 20
  /// The maximum number of tensors in a file written by Docket.
  fileprivate static let tensorLimit = 256
  /// The metadata key of the checksum.
  fileprivate static let checksumKey = "sha256"
  /// The placeholder for the checksum while it is computed.
  fileprivate static let blankChecksum = String(repeating: "0", count: 64)
}

// MARK: - Writing

extension Safetensors {
  /// Returns the bytes of the file. The same content always gives the same bytes.
  ///
  /// Tensors are ordered by the size of their elements, largest first, then by name; metadata is
  /// ordered by key. Spaces pad the header to a multiple of eight bytes, so every tensor is
  /// aligned. The checksum is computed over the whole file, with zeros in place of its own digits.
  func encoded() -> [UInt8] {
    let pieces = pieces()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(pieces.reduce(0) { $0 + $1.count })
    for piece in pieces { bytes += piece }
    return bytes
  }

  /// Returns the same bytes in pieces, header first, so that writing a large file does not require
  /// a second copy.
  func pieces() -> [[UInt8]] {
    let order = tensors.sorted {
      ($1.type.width, $0.name) < ($0.type.width, $1.name)
    }
    var end = 0
    var members: [JSONMember] = []
    for tensor in order {
      let start = end
      end += tensor.data.count
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

// MARK: - Reading

extension Safetensors {
  /// Reads a file. Everything is validated before anything is used.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - name: the name of the file in messages.
  ///   - kind: the required kind; `nil` accepts files from any program, which may have other types,
  ///     more tensors and no checksum.
  /// - Throws: `ModelError`.
  init(_ bytes: [UInt8], name: String, kind: Kind?) throws(ModelError) {
    self = try Reader(bytes: bytes, name: name, kind: kind).read()
  }

  /// Reads the metadata of a file written by Docket, without its tensors and without checking
  /// anything else.
  ///
  /// - Returns: the metadata; `nil` if the file does not have this kind or cannot be read.
  static func metadata(ofFile path: String, kind: Kind) -> [String: String]? {
    guard let file = try? InputFile(path: path, hashes: false), !file.isCompressed else {
      return nil
    }
    func read(_ count: Int) -> [UInt8]? {
      var bytes: [UInt8] = []
      while bytes.count < count, let chunk = try? file.nextChunk(size: count - bytes.count) {
        bytes += chunk
      }
      return bytes.count == count ? bytes : nil
    }
    guard let start = read(8),
      case let length = start.reversed().reduce(UInt64(0), { $0 << 8 | UInt64($1) }),
      length <= headerLimit, let header = read(Int(length)),
      let json = try? JSONValue.parse(
        header, file: path, maximumDepth: 4, maximumCount: 200_000),
      let members = json["__metadata__"]?.object
    else { return nil }
    let metadata = Dictionary(
      members.compactMap { member in member.value.string.map { (member.key, $0) } },
      uniquingKeysWith: { first, _ in first })
    return metadata["format"] == kind.rawValue ? metadata : nil
  }

  private struct Reader {
    let bytes: [UInt8]
    let name: String
    let kind: Kind?

    func read() throws(ModelError) -> Safetensors {
      if let found = LookAlikeFile.name(of: bytes) {
        throw fault(.otherFormat(found: found, expected: (kind ?? .model).name), at: 0)
      }
      guard bytes.count >= 8 else {
        throw fault(.damaged("\(bytes.count) bytes are too few for a header"), at: 0)
      }
      let length = bytes[..<8].enumerated().reduce(UInt64(0)) {
        $0 | UInt64($1.element) << (8 * $1.offset)
      }
      guard length <= Safetensors.headerLimit, Int(length) <= bytes.count - 8 else {
        throw fault(.damaged("its header claims to have \(length) bytes"), at: 0)
      }
      let dataStart = 8 + Int(length)
      let header: JSONValue
      do {
        header = try JSONValue.parse(
          Array(bytes[8..<dataStart]), file: name, maximumDepth: 4, maximumCount: 200_000)
      } catch {
        throw fault(.damaged("the header is not valid JSON: \(error.sentence)"), at: 8 + error.byte)
      }
      guard let members = header.object else {
        throw fault(.damaged("the header is \(header.kind); expected an object"), at: 8)
      }
      let entries = members.filter { $0.key != "__metadata__" }
      let metadata = try readMetadata(header["__metadata__"], tensors: entries.map(\.key))
      if kind != nil { try verifyChecksum(metadata, dataStart: dataStart) }
      return Safetensors(
        metadata: metadata, tensors: try readTensors(entries, dataStart: dataStart))
    }

    private func readMetadata(
      _ value: JSONValue?, tensors: [String]
    ) throws(ModelError) -> [String: String] {
      guard kind != nil || value != nil else { return [:] }
      guard let members = value?.object else { throw fault(.foreign(tensors: tensors), at: 8) }
      var metadata: [String: String] = [:]
      for member in members {
        guard let text = member.value.string else {
          throw fault(
            .damaged("the metadata \(QuotedText.quote(member.key)) is not a string"), at: 8)
        }
        metadata[member.key] = text
      }
      if let kind {
        guard let found = Kind(rawValue: metadata["format"] ?? "") else {
          throw fault(.foreign(tensors: tensors), at: 8)
        }
        guard found == kind else {
          throw fault(.otherFormat(found: found.name, expected: kind.name), at: 8)
        }
      }
      return metadata
    }

    private func verifyChecksum(
      _ metadata: [String: String], dataStart: Int
    ) throws(ModelError) {
      guard let checksum = metadata[Safetensors.checksumKey], checksum.utf8.count == 64 else {
        throw fault(.damaged("it has no checksum"), at: 8)
      }
      let written = Array("\"\(Safetensors.checksumKey)\":\"\(checksum)\"".utf8)
      guard let place = bytes[8..<dataStart].firstRange(of: written) else {
        throw fault(.damaged("the spelling of its checksum is unknown"), at: 8)
      }
      var header = Array(bytes[..<dataStart])
      header.replaceSubrange(
        (place.upperBound - 65)..<(place.upperBound - 1), with: Safetensors.blankChecksum.utf8)
      let digest = SHA256Digest()
      digest.update(header)
      bytes.withUnsafeBytes { digest.update(UnsafeRawBufferPointer(rebasing: $0[dataStart...])) }
      guard digest.hexadecimal() == checksum else {
        throw ModelError(.wrongChecksum, at: .file(name))
      }
    }

    private func readTensors(
      _ entries: [JSONMember], dataStart: Int
    ) throws(ModelError) -> [Tensor] {
      let isOwn = kind != nil
      let limit = (isOwn ? 1 : 64) * Safetensors.tensorLimit
      guard entries.count <= limit else {
        throw fault(.damaged("\(entries.count) tensors; the limit is \(limit)"), at: 8)
      }
      var tensors: [Tensor] = []
      var ranges: [Range<Int>] = []
      let size = bytes.count - dataStart
      for entry in entries {
        guard let type = ElementType(rawValue: entry.value["dtype"]?.string ?? ""),
          type.isOwn || !isOwn
        else {
          throw fault(.damaged("the tensor \(entry.key) has an unknown type"), at: 8)
        }
        let shape = entry.value["shape"]?.array?.compactMap(\.integer) ?? []
        let offsets = entry.value["data_offsets"]?.array?.compactMap(\.integer) ?? []
        guard shape.count == entry.value["shape"]?.array?.count,
          (isOwn ? 1...4 : 0...8).contains(shape.count),
          shape.allSatisfy({ $0 >= 0 }), offsets.count == 2, offsets[0] >= 0,
          offsets[0] <= offsets[1], offsets[1] <= size
        else {
          throw fault(.damaged("the tensor \(entry.key) is outside the file"), at: 8)
        }
        guard let count = Self.product(shape, type.width), count == offsets[1] - offsets[0] else {
          throw fault(.damaged("the shape of \(entry.key) does not match its size"), at: 8)
        }
        ranges.append(offsets[0]..<offsets[1])
        tensors.append(
          Tensor(
            name: entry.key, type: type, shape: shape,
            data: Array(bytes[(dataStart + offsets[0])..<(dataStart + offsets[1])])))
      }
      var end = 0
      for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
        guard range.lowerBound == end else {
          throw fault(.damaged("there is a gap or overlap between tensors"), at: dataStart + end)
        }
        end = range.upperBound
      }
      guard end == size else {
        throw fault(.damaged("there are bytes after the last tensor"), at: dataStart + end)
      }
      return tensors
    }

    /// Returns the product of a shape and a width; `nil` if it overflows.
    private static func product(_ shape: [Int], _ width: Int) -> Int? {
      var total = width
      for length in shape {
        let (next, overflow) = total.multipliedReportingOverflow(by: length)
        guard !overflow else { return nil }
        total = next
      }
      return total
    }

    private func fault(_ fact: ModelFact, at byte: Int) -> ModelError {
      ModelError(fact, at: .byte(name, byte))
    }
  }
}

/// File formats that are easily mistaken for models.
private enum LookAlikeFile {
  /// Returns the name of the format with these first bytes; `nil` if it is none of these formats.
  static func name(of bytes: [UInt8]) -> String? {
    let starts: [([UInt8], String)] = [
      ([0x50, 0x4b, 0x03, 0x04], "a zip archive (such as .pt, .keras or .npz)"),
      ([0x89, 0x48, 0x44, 0x46], "an HDF5 file"), (Array("GGUF".utf8), "a GGUF file"),
      ([0xba, 0x16, 0x4f, 0x2f], "a fastText model"), ([0x1f, 0x8b], "a gzip file"),
      (Array("version https://git-lfs".utf8), "a Git LFS pointer; fetch the file itself"),
      (Array("<!DOCTYPE".utf8), "an HTML page"), (Array("<html".utf8), "an HTML page"),
      ([0x7f, 0x45, 0x4c, 0x46], "a program"), (Array("docket:".utf8), "a pipeline file"),
    ]
    if let found = starts.first(where: { bytes.starts(with: $0.0) }) { return found.1 }
    if bytes.count > 1, bytes[0] == 0x80, (2...5).contains(bytes[1]) {
      return "a Python pickle, which is never opened because it can run code"
    }
    return nil
  }
}
