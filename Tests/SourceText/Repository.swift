import FileAccess

/// The files of this repository.
package enum Repository {
  /// The folder that holds `Package.swift`.
  package static let root: String = {
    let tests = Folder.split(Folder.split(#filePath).folder).folder
    return Folder.split(tests).folder
  }()

  /// The Swift files under `Sources`, in the order of their paths.
  package static let sources = Result { try files(in: "Sources", endings: [".swift"]) }

  /// Reads the file at `path`, relative to the root.
  package static func file(_ path: String) throws -> SourceFile {
    SourceFile(
      path: path, bytes: try InputFile.readAll(path: "\(root)/\(path)", limit: 1 << 20))
  }

  /// Reads all files below `folder` whose names have one of `endings`, in the order of their paths.
  package static func files(in folder: String, endings: [String]) throws -> [SourceFile] {
    var files: [SourceFile] = []
    for name in try Folder.names(in: "\(root)/\(folder)") {
      let path = "\(folder)/\(name)"
      if Folder.exists("\(root)/\(path)") {
        files += try Self.files(in: path, endings: endings)
      } else if endings.contains(where: name.hasSuffix) {
        files.append(try file(path))
      }
    }
    return files
  }

  /// Returns the names of the folders directly in `folder`.
  package static func folders(in folder: String) throws -> [String] {
    try Folder.names(in: "\(root)/\(folder)").filter { Folder.exists("\(root)/\(folder)/\($0)") }
  }
}

/// A text file of the repository.
package struct SourceFile: Sendable {
  /// The path from the root.
  package let path: String
  /// The lines without their endings.
  package let lines: [String]
  /// The tokens of a Swift file; empty for other files.
  package let tokens: [SwiftToken]

  /// Creates a file with this content.
  package init(path: String, bytes: [UInt8]) {
    self.path = path
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    // The text after the last line feed is not a line if it is empty.
    let whole = bytes.last == UInt8(ascii: "\n") ? lines.dropLast() : lines[...]
    self.lines = whole.map { String(decoding: $0, as: UTF8.self) }
    tokens = path.hasSuffix(".swift") ? SwiftLexer.tokens(of: bytes) : []
  }

  /// The target or test target that the file belongs to: the second part of its path.
  package var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

  /// The folder within the target, such as `Recurrent/Cells`; `.` for the target's own folder.
  package var folder: String {
    let parts = path.split(separator: "/").dropFirst(2).dropLast()
    return parts.isEmpty ? "." : parts.joined(separator: "/")
  }

  /// Returns line `number`, from 1, with its place, for messages.
  package func place(_ number: Int) -> String { "\(path):\(number): \(lines[number - 1])" }
}
