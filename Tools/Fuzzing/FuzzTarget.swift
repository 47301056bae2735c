import FileAccess
import PipelineCore

/// A fuzz target: reads untrusted bytes and checks what must hold for any input.
package struct FuzzTarget: Sendable {
  /// The name, which is also the name of the folder with its seeds.
  package let name: String
  /// Checks one input.
  private let check: @Sendable ([UInt8]) throws -> String

  /// All targets.
  package static let all = [
    FuzzTarget(name: "text-stages", check: TextStagesTarget.check),
    FuzzTarget(name: "vectors-text", check: VectorsTarget.checkText),
    FuzzTarget(name: "vectors-binary", check: VectorsTarget.checkBinary),
    FuzzTarget(name: "gzip", check: GzipTarget.check),
    FuzzTarget(name: "pipeline", check: PipelineTarget.checkFile),
    FuzzTarget(name: "settings", check: PipelineTarget.checkOverrides),
    FuzzTarget(name: "corpus-table", check: CorpusTarget.checkTable),
    FuzzTarget(name: "corpus-jsonl", check: CorpusTarget.checkJSONLines),
    FuzzTarget(name: "corpus-fasttext", check: CorpusTarget.checkFastText),
    FuzzTarget(name: "corpus-folder", check: FolderTarget.check),
    FuzzTarget(name: "records", check: RecordsTarget.check),
    FuzzTarget(name: "model", check: ModelTarget.check),
    FuzzTarget(name: "checkpoint", check: CheckpointTarget.check),
  ]

  /// Checks one input and returns its outcome: the code of the error, or what was read.
  ///
  /// - Throws: `BrokenPromise`.
  package func outcome(of input: [UInt8]) throws -> String {
    do {
      return try check(input)
    } catch let error as any DiagnosableError {
      try require(!error.sentence.isEmpty && !error.code.isEmpty, "an error has no sentence")
      return error.code
    } catch let errors as ConfigurationErrors {
      try require(!errors.errors.isEmpty && !errors.lines.isEmpty, "no error is listed")
      return errors.errors[0].code
    }
  }
}

/// The violation of a condition that must hold for any input.
struct BrokenPromise: Error, CustomStringConvertible {
  var description: String
}

/// Throws `BrokenPromise` unless the condition is true.
func require(_ condition: Bool, _ problem: @autoclosure () -> String) throws {
  if !condition { throw BrokenPromise(description: problem()) }
}

/// Checks that the position of an error is inside the text that was read.
func requirePosition(_ position: InputPosition?, inside bytes: [UInt8]) throws {
  let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
  func isInside(_ line: Int, _ place: Int?) -> Bool {
    guard (1...lines.count).contains(line) else { return false }
    return place.map { (0...lines[line - 1].count + 1).contains($0) } ?? true
  }
  let isInside =
    switch position {
    case nil, .file, .option: true
    case .byte(_, let byte): (0...bytes.count).contains(byte)
    case .line(_, let line, let column): isInside(line, column) && column != 0
    case .lineByte(_, let line, let byte): isInside(line, byte)
    }
  try require(isInside, "\(position.map(String.init(describing:)) ?? "") is outside the input")
}

/// The bytes of an input that have not been used yet. Past the end, all bytes are zero.
struct FuzzInput {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  /// Returns the next byte.
  mutating func byte() -> Int { Int(rest.popFirst() ?? 0) }

  /// Returns a number in `0..<bound`, read from two bytes if the bound exceeds 256.
  mutating func number(below bound: Int) -> Int {
    guard bound > 1 else { return 0 }
    return (bound > 256 ? byte() << 8 | byte() : byte()) % bound
  }

  /// Reads a length byte and returns that many of the next bytes; fewer at the end.
  mutating func bytes() -> [UInt8] {
    let count = byte()
    let taken = Array(rest.prefix(count))
    rest = rest.dropFirst(taken.count)
    return taken
  }
}
