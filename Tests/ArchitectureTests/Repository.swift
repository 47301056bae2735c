import FileAccess

/// The files of this repository, as the tests of its architecture read them.
enum Repository {
  /// The folder with `Package.swift` in it.
  static let root: String = {
    let tests = Folder.split(Folder.split(#filePath).folder).folder
    return Folder.split(tests).folder
  }()

  /// A text file of the repository.
  struct File {
    /// From the root on.
    var path: String
    /// The lines without their ends.
    var lines: [String]

    /// The name without folders.
    var name: String { Folder.split(path).name }

    /// Line `index` and where it stands, for messages.
    func place(_ index: Int) -> String { "\(path):\(index + 1): \(lines[index])" }
  }

  /// The Swift files under `Sources`.
  static let sources = Result { try files(in: "Sources", ending: ".swift") }

  /// The file at `path`.
  static func file(_ path: String) throws -> File {
    let bytes = try InputFile.readAll(path: "\(root)/\(path)", limit: 1 << 20)
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    // The end of the last line is not a line of its own.
    let whole = bytes.last == UInt8(ascii: "\n") ? lines.dropLast() : lines[...]
    return File(path: path, lines: whole.map { String(decoding: $0, as: UTF8.self) })
  }

  /// All files below `folder` whose names end in `ending`, in the order of their paths.
  static func files(in folder: String, ending: String) throws -> [File] {
    var files: [File] = []
    for name in try Folder.names(in: "\(root)/\(folder)") {
      let path = "\(folder)/\(name)"
      if Folder.exists("\(root)/\(path)") {
        files += try Self.files(in: path, ending: ending)
      } else if name.hasSuffix(ending) {
        files.append(try file(path))
      }
    }
    return files
  }

  /// A line of Swift without its comment.
  static func code(_ line: String) -> Substring {
    if line.drop(while: { $0 == " " }).hasPrefix("//") { return "" }
    return line[..<(line.position(of: " // ") ?? line.endIndex)]
  }
}

extension StringProtocol {
  /// Where `words` first stand, compared byte by byte.
  func position(of words: String) -> Index? {
    guard let first = words.utf8.first else { return startIndex }
    var rest = utf8[...]
    while let index = rest.firstIndex(of: first) {
      rest = rest[index...]
      if rest.starts(with: words.utf8) { return index }
      rest = rest.dropFirst()
    }
    return nil
  }
}
