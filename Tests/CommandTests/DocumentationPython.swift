import FileAccess
import Testing

/// The Python of a page: its ```` ```python ```` blocks, which form one program, and the
/// ```` ```text ```` blocks directly after them, which show what they print.
struct DocumentationPython {
  /// Whether `python3` can import what the pages need.
  static let isAvailable: Bool = {
    let outcome = try? Command.shell("python3 -c 'import pandas, sklearn'")
    return outcome?.code == 0
  }()

  private let page: DocumentationPage

  init(_ page: DocumentationPage) { self.page = page }

  /// A Python block, and the lines that it printed and should have printed.
  struct Result {
    /// The lines of the page that show the output; empty if there are none.
    var shown: Range<Int>
    /// What was printed.
    var found: [String]
  }

  /// Whether the page has Python that can be run.
  var isEmpty: Bool { !page.blocks.contains(where: Self.isRun) }

  /// Whether the page shows an output for each block that prints, and for no other block.
  var showsOutputs: Bool {
    page.blocks.indices.filter { Self.isRun(page.blocks[$0]) }.allSatisfy { number in
      let prints = page.content(of: page.blocks[number]).contains { $0.contains("print(") }
      return prints != output(after: number).isEmpty
    }
  }

  /// Runs the commands of the page, then its Python, in a folder like a fresh clone.
  ///
  /// - Returns: the output of each Python block.
  func run() throws -> [Result] {
    let folder = try DocumentationFolder()
    let mark = "\u{1}"
    var program = ""
    var shown: [Range<Int>] = []
    for (number, block) in page.blocks.enumerated() where block.comment("not run") == nil {
      try folder.run(block.comments("setup"))
      if let name = block.comment("file") {
        try folder.write(name, page.content(of: block))
      } else if block.language == "console" {
        _ = try DocumentationConsole(block, of: page).run(in: folder.path)
      } else if block.language == "python" {
        program += page.content(of: block).joined(separator: "\n") + "\nprint('\\1')\n"
        shown.append(output(after: number))
      }
    }
    try folder.write("page.py", [program])
    let script = DocumentationConsole.preamble + "PYTHONIOENCODING=utf-8 python3 page.py"
    let outcome = try Command(["-c", script], program: "/bin/sh", folder: folder.path).wait()
    let parts = outcome.text.components(endingWith: mark)
    try #require(
      outcome.code == 0 && parts.count == shown.count, "\(page.name): \(outcome.text.suffix(2000))")
    return zip(shown, parts).map { Result(shown: $0, found: $1) }
  }

  /// The lines of the text block that follows block `number` with only blank lines between.
  private func output(after number: Int) -> Range<Int> {
    let end = page.blocks[number].range.upperBound + 1
    guard number + 1 < page.blocks.count else { return end..<end }
    let next = page.blocks[number + 1]
    let isNext =
      next.language == "text"
      && page.lines[end..<next.range.lowerBound - 1].allSatisfy(\.isEmpty)
    return isNext ? next.range : end..<end
  }

  private static func isRun(_ block: DocumentationPage.Block) -> Bool {
    block.language == "python" && block.comment("not run") == nil
  }
}

extension String {
  /// The lines before each line that is `mark`, without trailing spaces.
  fileprivate func components(endingWith mark: String) -> [[String]] {
    var parts: [[String]] = []
    var lines: [String] = []
    for line in split(separator: "\n", omittingEmptySubsequences: false) {
      if line == mark {
        parts.append(lines)
        lines = []
      } else {
        lines.append(String(line.reversed().drop { $0 == " " }.reversed()))
      }
    }
    return parts
  }
}
