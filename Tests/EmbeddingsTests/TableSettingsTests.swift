import Embeddings
import PipelineCore
import Testing

@Suite("Table settings")
struct TableSettingsTests {
  /// The table of `a 1 2`, `b 3 6`, `c 0 0` with these settings.
  func table(
    _ text: String = "3 2\na 1 2\nb 3 6\nc 0 0\n",
    _ set: (inout Word2VecEmbedding.Configuration) -> Void
  ) throws -> EmbeddingTable {
    let file = try VectorFile(text)
    var configuration = Word2VecEmbedding.Configuration()
    configuration.vectors = FilePath(written: "v.txt", resolved: file.path)
    set(&configuration)
    return try Word2VecEmbedding(configuration: configuration).makeTable(
      for: EmbeddingTask(documents: [spacedWords("a a a b b c")]))
  }

  static func near(_ left: [Float], _ right: [Float]) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { abs($0 - $1) < 1e-6 }
  }

  @Test("The setting centre subtracts the mean of all words")
  func centred() throws {
    let values = try table { $0.table.centre = true }.values
    let third = Float(1) / 3
    #expect(
      Self.near(
        values,
        [0, 0, -third, 2 - 8 * third, 3 - 4 * third, 6 - 8 * third, -4 * third, -8 * third]))
  }

  @Test("The setting unitNorm scales each vector to length 1, except zero vectors")
  func unitNorm() throws {
    let values = try table { $0.table.unitNorm = true }.values
    let (short, long) = (Float(0.2).squareRoot(), Float(0.8).squareRoot())
    #expect(Self.near(values, [short, long, short, long, short, long, 0, 0]))
  }

  @Test("With both settings, the mean is subtracted first")
  func both() throws {
    let values = try table {
      $0.table.centre = true
      $0.table.unitNorm = true
    }.values
    #expect(values.count == 8 && values.prefix(2) == [0, 0])
    for row in 1..<4 {
      let vector = values[row * 2..<row * 2 + 2]
      #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-6)
    }
  }

  @Test("Both embedding stages declare the same table settings")
  func declared() {
    let names: Set = ["tune", "learningRateScale", "centre", "unitNorm", "precision"]
    let file = Word2VecEmbedding.Configuration.outline.filter { names.contains($0.name) }
    let random = RandomEmbedding.Configuration.outline.filter { names.contains($0.name) }
    #expect(file.count == 5)
    #expect(file == random)
  }

  @Test("Vectors of any length are scaled to length 1", arguments: ["1e-40", "1e-44", "3e38"])
  func extremes(size: String) throws {
    let values = try table("1 2\na \(size) 0\n") { $0.table.unitNorm = true }.values
    #expect(values.allSatisfy(\.isFinite) && abs(values[2] - 1) < 1e-3, "\(values)")
  }
}
