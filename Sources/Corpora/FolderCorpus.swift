import FileAccess
import PipelineCore

/// A folder with one folder per label and one file per document, read in byte order of their names.
///
/// Files next to the label folders, and names that begin with a dot, are skipped with a warning.
/// An entry of a label folder that is not a regular file is an error.
enum FolderCorpus {
  /// Adds all documents of a folder to `builder` and returns the SHA-256 of the folder.
  static func read(
    _ path: String, options: CorpusOptions, into builder: inout CorpusBuilder
  ) throws -> String {
    guard try Folder.isFolder(path) else {
      // This throws if the path does not exist; otherwise, the path is a file.
      _ = try InputFile(path: path)
      throw CorpusError(.fileAsFolder, at: .file(path))
    }
    let digest = SHA256Digest()
    var hasMismatch = false
    for label in try names(in: path) {
      let folder = "\(path)/\(label)"
      guard label.utf8.first != UInt8(ascii: "."), try Folder.isFolder(folder) else {
        builder.skipFile(.file(folder))
        continue
      }
      let documents = try names(in: folder)
      if documents.allSatisfy({ $0.hasPrefix(".") }) { builder.noteEmptyFolder(.file(folder)) }
      for name in documents {
        let document = "\(folder)/\(name)"
        guard name.utf8.first != UInt8(ascii: ".") else {
          builder.skipFile(.file(document))
          continue
        }
        let file = try InputFile(path: document)
        do {
          let decoded = try DecodedFile(file, corpus: options)
          if let warning = decoded.mismatch(options), !hasMismatch {
            hasMismatch = true
            builder.note(warning)
          }
          let text = try text(of: decoded, options: options)
          try builder.add(label: Array(label.utf8)[...], text: text[...], at: .file(document))
        } catch {
          try builder.skipRow(after: error)
        }
        digest.update(Array("\(file.sha256 ?? "") \(label)/\(name)\n".utf8))
      }
    }
    return digest.hexadecimal()
  }

  /// Returns the names in a folder, which must be valid UTF-8.
  static func names(in path: String) throws -> [String] {
    let names = try Folder.names(in: path)
    // Invalid bytes in a name have been replaced with U+FFFD, so the file cannot be opened by that
    // name.
    if let broken = names.first(where: { $0.unicodeScalars.contains("\u{FFFD}") }) {
      throw CorpusError(.nameNotUTF8, at: .file("\(path)/\(broken)"))
    }
    return names
  }

  /// Returns the lines of a file, joined by LF, without a newline at the end.
  static func text(of file: DecodedFile, options: CorpusOptions) throws -> [UInt8] {
    var lines = CorpusLines(file, limit: options.rowLimit)
    var text: [UInt8] = []
    while let line = try lines.next() {
      if line.number > 1 { text.append(0x0A) }
      text += line.bytes
      guard text.count <= options.rowLimit else {
        throw CorpusError(
          .rowTooLong(limit: options.rowLimit, isQuoted: false), at: .file(file.name))
      }
    }
    return text
  }
}
