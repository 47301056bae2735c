import Corpora
import PipelineCore
import Platform

/// Reads corpora that are folders. The input lists files, each as a path, a tab, the content, and
/// the byte 0x1E.
enum FolderTarget {
  static func check(_ input: [UInt8]) throws -> String {
    let root = FuzzedFile.folder + "/corpus"
    FuzzedFile.remove(root)
    try require(mkdir(root, 0o700) == 0, "the folder of the last input is still there")
    var documents = Set<[UInt8]>()
    for entry in input.split(separator: 0x1E).prefix(16) {
      let path = entry.prefix { $0 != 0x09 }
      let parts = path.split(separator: UInt8(ascii: "/")).filter { !isSpecial($0) }
      guard create(parts.prefix(3).map { Array($0) }, Array(entry.dropFirst(path.count + 1)), root)
      else { continue }
      if parts.count == 2, !parts.contains(where: { $0.first == UInt8(ascii: ".") }) {
        documents.insert(parts[0] + [0] + parts[1])
      }
    }
    var options = CorpusOptions()
    options.purpose = .evaluation
    var skipping = options
    skipping.collectsFaults = true
    if let corpus = try? Corpus.read([root], format: nil, options: skipping) {
      try require(
        corpus.documents.count + corpus.faults.count == documents.count,
        "\(documents.count) documents, \(corpus.documents.count) read, \(corpus.faults.count) errors"
      )
    }
    return try CorpusTarget.read(root, format: nil, options, rows: nil).format?.rawValue ?? "none"
  }

  /// Returns whether a part of a path cannot be the name of a file.
  private static func isSpecial(_ part: ArraySlice<UInt8>) -> Bool {
    part.count > 200 || part.contains(0) || part.elementsEqual(".".utf8)
      || part.elementsEqual("..".utf8)
  }

  /// Creates a file and its folders; returns whether this was possible.
  private static func create(_ parts: [[UInt8]], _ content: [UInt8], _ root: String) -> Bool {
    guard !parts.isEmpty else { return false }
    var path = root.utf8.map { CChar(bitPattern: $0) }
    for (number, part) in parts.enumerated() {
      path += [0x2F] + part.map { CChar(bitPattern: $0) }
      if number < parts.count - 1 { mkdir(path + [0], 0o700) }
    }
    let descriptor = open(path + [0], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return content.withUnsafeBytes { Platform.write(descriptor, $0.baseAddress, $0.count) }
      == content.count
  }
}
