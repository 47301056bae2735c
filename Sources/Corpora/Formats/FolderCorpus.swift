import FileAccess
import PipelineCore

/// A folder for each label with a file for each document, in byte order of the names.
///
/// Files beside the folders and files whose name begins with a dot are no documents; they are
/// counted and named in a warning. Anything in a label's folder that is no regular file is an error.
enum FolderCorpus {
  static func read(
    _ path: String, options: CorpusOptions, into builder: inout CorpusBuilder
  ) throws -> String {
    guard Folder.exists(path) else {
      // Says whether the path is missing or is a file.
      _ = try InputFile(path: path)
      throw CorpusError(.fileAsFolder, at: .file(path))
    }
    let digest = SHA256Digest()
    for label in try names(in: path) {
      let folder = "\(path)/\(label)"
      guard !label.hasPrefix("."), Folder.exists(folder) else {
        builder.skip(.file(folder))
        continue
      }
      for name in try names(in: folder) {
        let document = "\(folder)/\(name)"
        guard !name.hasPrefix(".") else {
          builder.skip(.file(document))
          continue
        }
        let file = try InputFile(path: document)
        do {
          let text = try text(of: file, options: options)
          try builder.add(label: Array(label.utf8)[...], text: text, at: .file(document))
        } catch {
          try builder.refuse(error)
        }
        digest.update(Array("\(file.sha256 ?? "") \(label)/\(name)\n".utf8))
      }
    }
    return digest.hexadecimal()
  }

  /// The names in a folder, all valid UTF-8.
  private static func names(in path: String) throws -> [String] {
    let names = try Folder.names(in: path)
    // A name with broken bytes arrives with this sign in their place, and leads nowhere.
    if let broken = names.first(where: { $0.unicodeScalars.contains("\u{FFFD}") }) {
      throw CorpusError(.nameNotUTF8, at: .file("\(path)/\(broken)"))
    }
    return names
  }

  /// The text of a file: its lines joined by LF, so that neither CRLF nor a last line end shows.
  private static func text(of file: InputFile, options: CorpusOptions) throws -> [UInt8] {
    var lines = CorpusLines(file, limit: options.rowLimit)
    var text: [UInt8] = []
    while let line = try lines.next() {
      if line.number > 1 { text.append(0x0A) }
      text += line.bytes
      guard text.count <= options.rowLimit else {
        let fact = CorpusError.Fact.rowTooLong(limit: options.rowLimit, isQuoted: false)
        throw CorpusError(fact, at: .file(file.name))
      }
    }
    return text
  }
}
