import FileAccess
import Testing

/// A page of the documentation: its lines, and the fenced blocks and generated regions in them.
struct DocumentationPage: Sendable, CustomTestStringConvertible {
  /// A fenced block.
  struct Block: Sendable {
    /// The language after the fence.
    var language: String
    /// The lines between the fences, as indices into the page.
    var range: Range<Int>
    /// The spaces before the fence.
    var indent: Int
    /// The HTML comments directly above the block, without their marks.
    var comments: [String]

    /// Returns the texts that follow `name:` in the comments above the block.
    func comments(_ name: String) -> [String] {
      let start = name + ": "
      return comments.filter { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) }
    }

    /// Returns the first of these texts.
    func comment(_ name: String) -> String? { comments(name).first }
  }

  /// The folder that holds the package.
  static let root: String =
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

  /// The path from the root of the package.
  let name: String
  /// The lines, without line ends.
  var lines: [String]

  var testDescription: String { name }

  /// Reads a page.
  ///
  /// - Parameter name: the path from the root of the package.
  init(_ name: String) throws {
    let bytes = try InputFile.readAll(path: "\(Self.root)/\(name)", limit: 1 << 22)
    self.name = name
    lines = String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
  }

  /// README.md and every page in Documentation, by name.
  static func all() throws -> [DocumentationPage] {
    let names = try Folder.names(in: "\(root)/Documentation").filter { $0.hasSuffix(".md") }
    return try (["README.md"] + names.sorted().map { "Documentation/\($0)" })
      .map(DocumentationPage.init)
  }

  /// Writes the page back.
  func write() throws {
    try AtomicFile.write(path: "\(Self.root)/\(name)", (lines.joined(separator: "\n") + "\n").utf8)
  }

  /// The fenced blocks in order.
  var blocks: [Block] {
    var blocks: [Block] = []
    var comments: [String] = []
    var open: Block?
    for (number, line) in lines.enumerated() {
      let text = line.drop { $0 == " " }
      if var block = open {
        guard text == "```" else { continue }
        block.range = block.range.lowerBound..<number
        blocks.append(block)
        (open, comments) = (nil, [])
      } else if text.hasPrefix("```") {
        open = Block(
          language: String(text.dropFirst(3)), range: number + 1..<number + 1,
          indent: line.count - text.count, comments: comments)
      } else if text.hasPrefix("<!-- "), text.hasSuffix(" -->") {
        comments.append(String(text.dropFirst(5).dropLast(4)))
      } else if !text.isEmpty {
        comments = []
      }
    }
    return blocks
  }

  /// The lines of a block without its indentation.
  func content(of block: Block) -> [String] {
    lines[block.range].map { line in
      line.prefix(block.indent).allSatisfy { $0 == " " }
        ? String(line.dropFirst(block.indent)) : line
    }
  }

  /// The lines outside blocks, each with its index.
  var prose: [(number: Int, text: String)] {
    let fenced = blocks.map { $0.range.lowerBound - 1..<$0.range.upperBound + 1 }
    return lines.enumerated().filter { line in !fenced.contains { $0.contains(line.offset) } }
      .map { ($0.offset, $0.element) }
  }

  /// The regions between `<!-- generated: name -->` and `<!-- end of generated text -->`.
  var generated: [(name: String, range: Range<Int>)] {
    var regions: [(name: String, range: Range<Int>)] = []
    var open: (name: String, start: Int)?
    for (number, line) in lines.enumerated() {
      if line.hasPrefix("<!-- generated: "), line.hasSuffix(" -->") {
        open = (String(line.dropFirst(16).dropLast(4)), number + 1)
      } else if line == "<!-- end of generated text -->", let region = open {
        regions.append((region.name, region.start..<number))
        open = nil
      }
    }
    return regions
  }
}
