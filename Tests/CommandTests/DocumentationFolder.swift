import TestSupport
import FileAccess
import Glibc
import Testing

/// The working directory of a page: the small corpora and pipelines of the package and, in
/// `runs/newsdesk`, the results of `docket run pipelines/newsdesk.yaml`.
struct DocumentationFolder {
  private let folder = TestFolder()

  var path: String { folder.path }

  /// A folder like a fresh clone in which newsdesk was trained.
  init() throws {
    let base = try #require(Self.base)
    let outcome = try Command.shell("cp -r '\(base.path)/.' .", folder: path)
    try #require(outcome.code == 0, "\(outcome.errors)")
  }

  /// Writes a file that a page shows.
  func write(_ name: String, _ lines: [String]) throws {
    try folder.file(name, lines.joined(separator: "\n") + "\n")
  }

  /// Runs commands that a page needs but does not show.
  func run(_ commands: [String]) throws {
    guard !commands.isEmpty else { return }
    let script = DocumentationConsole.preamble + "set -e\n" + commands.joined(separator: "\n")
    let outcome = try Command(["-c", script], program: "/bin/sh", folder: path).wait()
    try #require(outcome.code == 0, "\(commands): \(outcome.text)")
  }

  /// The command that is run once for all pages, and the file that holds what it printed.
  static let shared = (command: "docket run pipelines/newsdesk.yaml", output: "runs/newsdesk.txt")

  private static let base: TestFolder? = {
    atexit { DocumentationFolder.remove() }
    let folder = TestFolder()
    let root = DocumentationPage.root
    let script = """
      set -e
      mkdir corpora Tools runs Examples
      cp -r '\(root)/Examples/process' Examples
      cp -r '\(root)/corpora/newsdesk' corpora
      cp -r '\(root)/pipelines' .
      cp '\(root)/Tools/demo-documents.txt' Tools
      \(DocumentationConsole.preamble)\(shared.command) >\(shared.output) 2>&1
      """
    let command = try? Command(["-c", script], program: "/bin/sh", folder: folder.path)
    return try? command?.wait().code == 0 ? folder : nil
  }()

  private static func remove() { if let base { TestFolder.remove(base.path) } }
}
