import FileAccess
import Fuzzing
import Glibc
import PipelineCore
import SourceText
import Testing

/// The fuzz targets on their seeds, whole and with random changes, without libFuzzer.
///
/// `DOCKET_FUZZ=1000000` sets the number of inputs for each target and prints how many had each
/// outcome. `DOCKET_FUZZ_TARGET=model` limits the run to one target.
@Suite("Seeds of fuzz targets", .serialized)
struct SeedTests {
  private static let root = "\(Repository.root)/Tools/Fuzzing/seeds"
  private static let count = getenv("DOCKET_FUZZ").flatMap { Int(String(cString: $0)) }
  private static let targets: [FuzzTarget] = {
    guard let name = getenv("DOCKET_FUZZ_TARGET").map({ String(cString: $0) }) else {
      return FuzzTarget.all
    }
    return FuzzTarget.all.filter { $0.name == name }
  }()

  private static func seeds(of target: FuzzTarget) throws -> [[UInt8]] {
    let folder = "\(root)/\(target.name)"
    return try Folder.names(in: folder).map {
      try InputFile.readAll(path: "\(folder)/\($0)", limit: 1 << 16)
    }
  }

  @Test("Everything that holds for any input holds for each seed", arguments: targets)
  func seeds(target: FuzzTarget) throws {
    let seeds = try Self.seeds(of: target)
    #expect(!seeds.isEmpty)
    for seed in seeds {
      for input in [seed, Array(seed.prefix(seed.count / 2)), Array(seed.suffix(seed.count / 2))] {
        #expect(try !target.outcome(of: input).isEmpty, "\(input)")
      }
    }
  }

  @Test("Everything that holds for any input holds for changed seeds", arguments: targets)
  func mutants(target: FuzzTarget) throws {
    let seeds = try Self.seeds(of: target)
    var generator = SeededGenerator(seed: 5)
    var outcomes: [String: Int] = [:]
    for _ in 0..<(Self.count ?? 300) {
      let input = Self.mutant(of: seeds, &generator)
      do {
        outcomes[try target.outcome(of: input), default: 0] += 1
      } catch {
        Issue.record("\(target.name): \(error) for \(input)")
        break
      }
    }
    guard Self.count != nil else { return }
    for (outcome, count) in outcomes.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      print("| \(target.name) | \(outcome) | \(count) |")
    }
  }

  /// Returns a seed with bytes changed, removed, repeated, and inserted.
  private static func mutant(of seeds: [[UInt8]], _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = seeds[generator.next(below: seeds.count)]
    for _ in 0...generator.next(below: 5) where !bytes.isEmpty {
      let place = generator.next(below: bytes.count)
      switch generator.next(below: 6) {
      case 0: bytes[place] ^= 1 << UInt8(generator.next(below: 8))
      case 1: bytes[place] = UInt8(generator.next(below: 256))
      case 2: bytes.removeSubrange(place..<min(bytes.count, place + generator.next(below: 8)))
      case 3: bytes += bytes[place...].prefix(40)
      case 4:
        let added = (0...generator.next(below: 12)).map { _ in UInt8(generator.next(below: 256)) }
        bytes.insert(contentsOf: added, at: place)
      default:
        let other = seeds[generator.next(below: seeds.count)]
        bytes.insert(contentsOf: other.suffix(generator.next(below: other.count + 1)), at: place)
      }
    }
    return bytes
  }

  @Test("Every folder of seeds belongs to a target")
  func folders() throws {
    let names = FuzzTarget.all.map(\.name)
    #expect(try Folder.names(in: Self.root) == names.sorted())
  }
}
