import FileAccess
import PipelineCore

extension Safetensors {
  /// Reads a file. Everything that the header declares is checked before memory is allocated for
  /// it, and the checksum is checked before anything is used.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - name: the name of the file in messages.
  ///   - kind: the kind that the file must have; if `nil`, files from any program are accepted,
  ///     which may have other types and more tensors and need not have a checksum.
  /// - Throws: `ModelError`.
  init(_ bytes: [UInt8], name: String, kind: Kind?) throws {
    var reader = SafetensorsReader(
      source: MemorySource(name: name, bytes: bytes), size: bytes.count, kind: kind)
    self = try reader.read()
  }

  /// Reads a Docket file piece by piece, so that it is never in memory twice.
  ///
  /// - Throws: `ModelError`, `FileError`.
  init(file path: String, kind: Kind, limit: Int) throws {
    let file = try InputFile(path: path, limit: limit, hashes: false)
    guard !file.isCompressed else {
      self = try Self(InputFile.readAll(path: path, limit: limit), name: path, kind: kind)
      return
    }
    var reader = SafetensorsReader(source: file, size: file.size, kind: kind)
    self = try reader.read()
  }

  /// Maps and checks a Docket file. The numbers stay in the file.
  ///
  /// The caller must call `mapping.checkUnchanged()` before using any results computed from the
  /// numbers. A file that cannot be mapped or watched is read instead.
  ///
  /// - Throws: `ModelError`, `FileError`.
  init(mapping path: String, kind: Kind, limit: Int) throws {
    guard let file = try? MappedFile(path: path, isWatched: true), file.size <= limit,
      !file.isFresh, file.withBytes({ !$0.starts(with: [0x1f, 0x8b]) })
    else {
      self = try Self(file: path, kind: kind, limit: limit)
      return
    }
    var reader = SafetensorsReader(source: MappedSource(file), size: file.size, kind: kind)
    reader.mapping = file
    // If the file was truncated meanwhile, that is the error to report, not a damaged file.
    let content = Result { try reader.read() }
    try file.checkUnchanged()
    self = try content.get()
    mapping = file
  }

  /// Reads the metadata of a Docket file, without reading its tensors or checking anything else.
  ///
  /// - Returns: the metadata; `nil` if the file is not of this kind or cannot be read.
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
    // Comparing long names takes time proportional to the square of their length.
    let short = members.filter { $0.key.utf8.count <= nameLimit }
    let metadata = Dictionary(
      short.compactMap { member in member.value.string.map { (member.key, $0) } },
      uniquingKeysWith: { first, _ in first })
    return metadata["format"] == kind.rawValue ? metadata : nil
  }
}

extension ModelArchive {
  /// Returns whether the file at `path` begins like a model.
  package static func isModel(_ path: String) -> Bool {
    Safetensors.metadata(ofFile: path, kind: .model) != nil
  }
}

/// Reads a safetensors file from beginning to end.
private struct SafetensorsReader {
  private var source: any ByteSource
  /// The file whose numbers are used in place; if `nil`, the numbers are copied.
  var mapping: MappedFile?
  private let size: Int
  private let kind: Safetensors.Kind?
  /// Bytes that were read ahead.
  private var ahead: ArraySlice<UInt8> = []

  private static let chunkSize = 1 << 20

  init(source: any ByteSource, size: Int, kind: Safetensors.Kind?) {
    (self.source, self.size, self.kind) = (source, size, kind)
  }

  mutating func read() throws -> Safetensors {
    ahead = try take(min(size, 64))[...]
    if let found = LookAlikeFile.name(of: Array(ahead)) {
      throw fault(.otherFormat(found: found, expected: (kind ?? .model).name), at: 0)
    }
    guard size >= 8 else {
      throw fault(.damaged("\(size) bytes are too few for a header"), at: 0)
    }
    let start = try take(8)
    let length = start.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= Safetensors.headerLimit, Int(length) <= size - 8 else {
      throw fault(.damaged("its header claims to have \(length) bytes"), at: 0)
    }
    let text = try take(Int(length))
    let header: JSONValue
    do {
      header = try JSONValue.parse(
        text, file: source.name, maximumDepth: 4, maximumCount: 200_000)
    } catch {
      throw fault(.damaged("the header is not valid JSON: \(error.sentence)"), at: 8 + error.byte)
    }
    guard let members = header.object else {
      throw fault(.damaged("the header is \(header.kind); expected an object"), at: 8)
    }
    let entries = members.filter { !$0.key.utf8.elementsEqual("__metadata__".utf8) }
    try checkNames(entries)
    let metadata = try readMetadata(header["__metadata__"], tensors: entries.map(\.key))
    var places = try entries.map { try place(of: $0, dataStart: 8 + text.count) }
    try checkLayout(places, dataStart: 8 + text.count)
    let digest = try kind.map { _ in try startedDigest(metadata, start + text) }
    // Tensors are read in the order of their bytes in the file; ties are in header order.
    let order = places.indices.sorted { places[$0].range.lowerBound < places[$1].range.lowerBound }
    for number in order {
      let range = places[number].range
      if mapping != nil {
        try useNumbers(
          of: &places[number].tensor, at: 8 + text.count + range.lowerBound, range.count, digest)
      } else {
        try readNumbers(of: &places[number].tensor, count: range.count, digest)
      }
    }
    // If the file changed while it was being read, reading at its end throws an error.
    guard try source.nextChunk(size: 1) == nil else {
      throw FileError(.changedWhileReading, in: source.name)
    }
    guard digest?.hexadecimal() == (kind == nil ? nil : metadata[Safetensors.checksumKey]) else {
      throw ModelError(.wrongChecksum, at: .file(source.name))
    }
    return Safetensors(metadata: metadata, tensors: places.map(\.tensor))
  }

  // MARK: - The header

  private func checkNames(_ members: [JSONMember]) throws(ModelError) {
    guard let long = members.first(where: { $0.key.utf8.count > Safetensors.nameLimit }) else {
      return
    }
    let found = "a name in the header has \(long.key.utf8.count) bytes"
    throw fault(.damaged("\(found); the limit is \(Safetensors.nameLimit)"), at: 8)
  }

  private func readMetadata(
    _ value: JSONValue?, tensors: [String]
  ) throws(ModelError) -> [String: String] {
    guard kind != nil || value != nil else { return [:] }
    guard let members = value?.object else { throw fault(.foreign(tensors: tensors), at: 8) }
    try checkNames(members)
    var metadata: [String: String] = [:]
    for member in members {
      guard let text = member.value.string else {
        throw fault(
          .damaged("the metadata \(QuotedText.quote(member.key)) is not a string"), at: 8)
      }
      metadata[member.key] = text
    }
    if let kind {
      guard let found = Safetensors.Kind(rawValue: metadata["format"] ?? "") else {
        throw fault(.foreign(tensors: tensors), at: 8)
      }
      guard found == kind else {
        throw fault(.otherFormat(found: found.name, expected: kind.name), at: 8)
      }
    }
    return metadata
  }

  /// The declared place of a tensor in the data.
  private struct Place {
    var tensor: Safetensors.Tensor
    var range: Range<Int>
  }

  private func place(
    of entry: JSONMember, dataStart: Int
  ) throws(ModelError) -> Place {
    let isOwn = kind != nil
    guard let type = Safetensors.ElementType(rawValue: entry.value["dtype"]?.string ?? ""),
      type.isOwn || !isOwn
    else {
      throw fault(.damaged("the tensor \(entry.key) has an unknown type"), at: 8)
    }
    let shape = entry.value["shape"]?.array?.compactMap(\.integer) ?? []
    let offsets = entry.value["data_offsets"]?.array?.compactMap(\.integer) ?? []
    guard shape.count == entry.value["shape"]?.array?.count,
      (isOwn ? 1...4 : 0...8).contains(shape.count), shape.allSatisfy({ $0 >= 0 }),
      offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] <= size - dataStart
    else {
      throw fault(.damaged("the tensor \(entry.key) is outside the file"), at: 8)
    }
    guard let count = Self.product(shape, type.width), count == offsets[1] - offsets[0] else {
      throw fault(.damaged("the shape of \(entry.key) does not match its size"), at: 8)
    }
    return Place(
      tensor: Safetensors.Tensor(name: entry.key, type: type, shape: shape, data: []),
      range: offsets[0]..<offsets[1])
  }

  private func checkLayout(_ places: [Place], dataStart: Int) throws(ModelError) {
    let limit = (kind == nil ? 64 : 1) * Safetensors.tensorLimit
    guard places.count <= limit else {
      throw fault(.damaged("\(places.count) tensors; the limit is \(limit)"), at: 8)
    }
    var end = 0
    for range in places.map(\.range).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      guard range.lowerBound == end else {
        throw fault(.damaged("there is a gap or overlap between tensors"), at: dataStart + end)
      }
      end = range.upperBound
    }
    guard end == size - dataStart else {
      throw fault(.damaged("there are bytes after the last tensor"), at: dataStart + end)
    }
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

  /// Returns a digest of the start of the file, with zeros in place of the digits of the checksum.
  private func startedDigest(
    _ metadata: [String: String], _ start: [UInt8]
  ) throws(ModelError) -> SHA256Digest {
    guard let checksum = metadata[Safetensors.checksumKey], checksum.utf8.count == 64 else {
      throw fault(.damaged("it has no checksum"), at: 8)
    }
    let written = Array("\"\(Safetensors.checksumKey)\":\"\(checksum)\"".utf8)
    // Searching for the pattern with collection methods takes longer than parsing the header.
    guard
      let place = (0...max(0, start.count - written.count)).first(where: {
        start[$0] == written[0] && start[$0...].starts(with: written)
      })
    else {
      throw fault(.damaged("its checksum is not written as expected"), at: 8)
    }
    var header = start
    let end = place + written.count - 1
    header.replaceSubrange(end - 64..<end, with: Safetensors.blankChecksum.utf8)
    let digest = SHA256Digest()
    digest.update(header)
    return digest
  }

  // MARK: - The data

  /// Uses the numbers of a tensor that begins at byte `start` of the mapped file. Only 32-bit
  /// floats stay in the file; words and their offsets are copied, and other floats are converted.
  private mutating func useNumbers(
    of tensor: inout Safetensors.Tensor, at start: Int, _ count: Int, _ digest: SHA256Digest?
  ) throws {
    guard let mapping, tensor.type == .f32 || !tensor.type.isFloat, start % 4 == 0,
      1.littleEndian == 1
    else { return try readNumbers(of: &tensor, count: count, digest) }
    skip(count)
    mapping.withBytes { bytes in
      let part = UnsafeRawBufferPointer(rebasing: bytes[start..<start + count])
      digest?.update(part)
      if tensor.type == .f32 {
        tensor.floats = SharedArray(part.bindMemory(to: Float.self), ownedBy: mapping)
      } else {
        tensor.data = Array(part)
      }
    }
  }

  private mutating func readNumbers(
    of tensor: inout Safetensors.Tensor, count: Int, _ digest: SHA256Digest?
  ) throws {
    var floats: [Float] = []
    defer { if tensor.type.isFloat { tensor.floats = SharedArray(floats) } }
    if tensor.type.isFloat {
      floats.reserveCapacity(count / tensor.type.width)
    } else {
      tensor.data.reserveCapacity(count)
    }
    var left = count
    while left > 0 {
      let chunk = try take(min(left, Self.chunkSize))
      left -= chunk.count
      digest?.update(chunk)
      if tensor.type.isFloat {
        tensor.type.appendFloats(of: chunk, to: &floats)
      } else {
        tensor.data += chunk
      }
    }
  }

  /// Skips bytes of the mapped file.
  private mutating func skip(_ count: Int) {
    let known = min(count, ahead.count)
    ahead = ahead.dropFirst(known)
    guard var source = source as? MappedSource else { return }
    source.skip(count - known)
    self.source = source
  }

  /// Reads the next bytes.
  private mutating func take(_ count: Int) throws -> [UInt8] {
    var bytes = Array(ahead.prefix(count))
    ahead = ahead.dropFirst(count)
    while bytes.count < count {
      guard let chunk = try source.nextChunk(size: count - bytes.count) else {
        throw FileError(.changedWhileReading, in: source.name)
      }
      bytes += chunk
    }
    return bytes
  }

  private func fault(_ fact: ModelFact, at byte: Int) -> ModelError {
    ModelError(fact, at: .byte(source.name, byte))
  }
}

/// Files that are easily mistaken for models.
private enum LookAlikeFile {
  /// Returns the name of the format that the first bytes belong to; `nil` if they belong to none of
  /// these formats.
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
