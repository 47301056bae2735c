import FileAccess
import PipelineCore

/// Reads a safetensors file, checking everything before using anything.
struct SafetensorsReader {
  private let bytes: [UInt8]
  private let name: String
  private let format: String?

  /// A reader of a file whose metadata must say that it has this format; with `nil`, of a file of any
  /// program, whose tensors may be of more kinds and which need not have a checksum.
  init(_ bytes: [UInt8], name: String, format: String? = ModelArchive.format) {
    self.bytes = bytes
    self.name = name
    self.format = format
  }

  /// The file's contents.
  ///
  /// - Throws: `ModelError`
  func read() throws -> Safetensors {
    if let kind = LookAlikeFile.kind(of: bytes) { throw fault(.otherFormat(kind), at: 0) }
    guard bytes.count >= 8 else { throw fault(.damaged("it has \(bytes.count) bytes"), at: 0) }
    let length = bytes[..<8].enumerated().reduce(UInt64(0)) {
      $0 | UInt64($1.element) << (8 * $1.offset)
    }
    guard length <= Safetensors.headerLimit, Int(length) <= bytes.count - 8 else {
      throw fault(.damaged("its header claims \(length) bytes"), at: 0)
    }
    let dataStart = 8 + Int(length)
    let header: JSONValue
    do {
      header = try JSONValue.parse(
        Array(bytes[8..<dataStart]), file: name, maximumDepth: 4, maximumCount: 200_000)
    } catch {
      throw fault(.damaged("its header is not readable: \(error.sentence)"), at: 8 + error.byte)
    }
    guard let members = header.object else {
      throw fault(.damaged("its header is \(header.kind), not an object"), at: 8)
    }
    let entries = members.filter { $0.key != "__metadata__" }
    let metadata = try readMetadata(header["__metadata__"], tensors: entries.map(\.key))
    if format != nil { try verifyChecksum(metadata, dataStart: dataStart) }
    return Safetensors(
      metadata: metadata, tensors: try readTensors(entries, dataStart: dataStart))
  }

  private func readMetadata(
    _ value: JSONValue?, tensors: [String]
  ) throws(ModelError) -> [String: String] {
    guard format != nil || value != nil else { return [:] }
    guard let members = value?.object else { throw fault(.foreign(tensors: tensors), at: 8) }
    var metadata: [String: String] = [:]
    for member in members {
      guard let text = member.value.string else {
        throw fault(.damaged("its metadata \"\(member.key)\" is not a text"), at: 8)
      }
      metadata[member.key] = text
    }
    guard format == nil || metadata["format"] == format else {
      switch metadata["format"] {
      case CheckpointArchive.format:
        throw fault(.otherFormat("a checkpoint, which --resume goes on from"), at: 8)
      case ModelArchive.format: throw fault(.otherFormat("a trained model"), at: 8)
      default: throw fault(.foreign(tensors: tensors), at: 8)
      }
    }
    return metadata
  }

  /// The checksum is that of the whole file with the checksum's digits replaced by zeros.
  private func verifyChecksum(
    _ metadata: [String: String], dataStart: Int
  ) throws(ModelError) {
    guard let checksum = metadata[Safetensors.checksumKey], checksum.utf8.count == 64 else {
      throw fault(.damaged("it has no checksum"), at: 8)
    }
    let written = Array("\"\(Safetensors.checksumKey)\":\"\(checksum)\"".utf8)
    guard let place = bytes[8..<dataStart].firstRange(of: written) else {
      throw fault(.damaged("its checksum is written in an unknown way"), at: 8)
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
  ) throws(ModelError) -> [Safetensors.Tensor] {
    let isOurs = format != nil
    guard entries.count <= (isOurs ? 1 : 64) * Safetensors.tensorLimit else {
      throw fault(.damaged("it has \(entries.count) tensors"), at: 8)
    }
    var tensors: [Safetensors.Tensor] = []
    var ranges: [Range<Int>] = []
    let size = bytes.count - dataStart
    for entry in entries {
      guard let type = Safetensors.ElementType(rawValue: entry.value["dtype"]?.string ?? ""),
        type.isOurs || !isOurs
      else {
        throw fault(.damaged("the tensor \(entry.key) has an unknown type"), at: 8)
      }
      let shape = entry.value["shape"]?.array?.compactMap(\.integer) ?? []
      let offsets = entry.value["data_offsets"]?.array?.compactMap(\.integer) ?? []
      guard shape.count == entry.value["shape"]?.array?.count,
        (isOurs ? 1...4 : 0...8).contains(shape.count),
        shape.allSatisfy({ $0 >= 0 }), offsets.count == 2, offsets[0] >= 0,
        offsets[0] <= offsets[1], offsets[1] <= size
      else {
        throw fault(.damaged("the tensor \(entry.key) lies outside the file"), at: 8)
      }
      guard let count = Self.product(shape, type.width), count == offsets[1] - offsets[0] else {
        throw fault(.damaged("the shape of \(entry.key) does not fit its bytes"), at: 8)
      }
      ranges.append(offsets[0]..<offsets[1])
      tensors.append(
        Safetensors.Tensor(
          name: entry.key, type: type, shape: shape,
          data: Array(bytes[(dataStart + offsets[0])..<(dataStart + offsets[1])])))
    }
    var end = 0
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      guard range.lowerBound == end else {
        throw fault(.damaged("its tensors leave a gap or overlap"), at: dataStart + end)
      }
      end = range.upperBound
    }
    guard end == size else {
      throw fault(.damaged("there are bytes behind the last tensor"), at: dataStart + end)
    }
    return tensors
  }

  /// The product of a shape and a width, or `nil` when it is too large.
  private static func product(_ shape: [Int], _ width: Int) -> Int? {
    var total = width
    for length in shape {
      let (next, overflow) = total.multipliedReportingOverflow(by: length)
      guard !overflow else { return nil }
      total = next
    }
    return total
  }

  private func fault(_ fact: ModelError.Fact, at byte: Int) -> ModelError {
    ModelError(fact, at: .byte(name, byte))
  }
}

/// Files that people mistake for models, told by their first bytes.
enum LookAlikeFile {
  /// What the file is, if it is one of them.
  static func kind(of bytes: [UInt8]) -> String? {
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
