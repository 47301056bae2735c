import FileAccess
import TestSupport
import Testing

/// Text from files and documents reaches a terminal without control characters.
@Suite struct TerminalTests {
  private static let hostile = "\u{1B}]0;x\u{7}\u{202E}\u{9B}31m"

  private func isClean(_ outcome: Command.Outcome) -> Bool {
    for bytes in [outcome.output, Array(outcome.errors.utf8)] {
      let text = String(decoding: bytes, as: UTF8.self)
      let isShown = text.unicodeScalars.allSatisfy { scalar in
        switch scalar.value {
        case 0x0A, 0x09, 0x0D: true
        case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: false
        default: true
        }
      }
      guard isShown else { return false }
    }
    return true
  }

  @Test("Words of a vector file and tokens are escaped")
  func words() throws {
    let folder = TestFolder()
    try folder.file("v.txt", "3 2\na 1 2\nb\(Self.hostile) 1 2\nc 2 1\n")
    let info = try Command.docket(
      "vectors", "info", "v.txt", "--neighbours", "a", folder: folder.path)
    #expect(info.code == 0 && isClean(info), "\(info.errors)")
    try folder.file("p.yaml", "docket: 1\ntokenizer: spaces.v1\nclassifier: ngrams.v1\n")
    let tokens = try Command.docket(
      "tokenize", "p.yaml", input: Array("one \(Self.hostile) two\n".utf8), folder: folder.path)
    #expect(tokens.code == 0 && isClean(tokens))
    #expect(tokens.text.split(separator: " ").count == 3)
  }

  @Test(
    "Names in messages are escaped",
    arguments: [
      ["check", "\(hostile).yaml"], ["show", "\(hostile).docket"],
      ["check", "p.yaml", "--set", "\(hostile)=1"], ["vectors", "info", "\(hostile)"],
      ["run", "p.yaml", "--set", "classifier=\(hostile)"], ["stages", "--\(hostile)"],
    ])
  func names(arguments: [String]) throws {
    let folder = try TinyPipeline.folder(epochs: 1)
    let outcome = try Command.docket(arguments, folder: folder.path)
    #expect(outcome.code != 0 && isClean(outcome), "\(outcome.errors)")
  }

  @Test("Labels of records and tokens of explanations are escaped")
  func records() throws {
    let folder = TestFolder()
    let rows = (0..<9).map { "mu\u{202E}sic\tdrum song\($0 % 2)\nrain\tstorm wind\($0 % 2)\n" }
    try folder.file("train.tsv", rows.joined())
    try folder.file(
      "p.yaml",
      "docket: 1\ncorpus: {train: train.tsv}\nnormalizers: []\ntokenizer: spaces.v1\n"
        + "classifier: ngrams.v1\n")
    let trained = try Command.docket("train", "p.yaml", "--output", "m", folder: folder.path)
    #expect(trained.code == 0, "\(trained.errors)")
    for verb in ["classify", "explain"] {
      let outcome = try Command.docket(
        verb, "m", input: Array("drum \(Self.hostile) song1\n".utf8), folder: folder.path)
      #expect(outcome.code == 0 && isClean(outcome), "\(verb)")
      #expect(outcome.text.contains("sic"), "\(outcome.text)")
    }
  }
}
