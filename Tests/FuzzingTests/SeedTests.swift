import FileAccess
import Fuzzing
import PipelineCore
import SourceText
import Testing

/// The fuzz targets on their seeds, whole and with random changes. `make fuzz` runs them on far more.
@Suite("Seeds of fuzz targets")
struct SeedTests {
  private static let root = "\(Repository.root)/Tools/Fuzzing/seeds"

  @Test("Every promise holds for each seed, its halves and 40 mutants", arguments: FuzzTarget.all)
  func seeds(target: FuzzTarget) throws {
    let folder = "\(Self.root)/\(target.name)"
    let names = try Folder.names(in: folder)
    #expect(!names.isEmpty)
    var generator = SeededGenerator(seed: 5)
    for name in names {
      let seed = try InputFile.readAll(path: "\(folder)/\(name)", limit: 1 << 16)
      var inputs = [seed, Array(seed.prefix(seed.count / 2)), Array(seed.suffix(seed.count / 2))]
      for _ in 0..<40 where !seed.isEmpty {
        var mutant = seed
        for _ in 0...generator.next(below: 3) {
          mutant[generator.next(below: mutant.count)] = UInt8(generator.next(below: 256))
        }
        inputs.append(mutant)
      }
      for input in inputs { #expect(try !target.outcome(of: input).isEmpty, "\(name): \(input)") }
    }
  }

  @Test("Every folder of seeds belongs to a target")
  func folders() throws {
    let names = FuzzTarget.all.map(\.name)
    #expect(try Folder.names(in: Self.root) == names.sorted())
  }
}
