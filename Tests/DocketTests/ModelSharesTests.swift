import Classifiers
import Docket
import FileAccess
import Models
import PipelineCore
import SourceText
import Testing

@Suite("Shares of a model file")
struct ModelSharesTests {
  @Test("The shares of a trained model file agree with PyTorch's gradients to 1e-4")
  func torch() throws {
    let folder = Repository.root + "/Tests/ClassifiersTests/Reference"
    let pipeline = try ModelArchive.read("\(folder)/shares-model.safetensors", stages: .builtIn)
    let model = try #require(pipeline.model as? RecurrentModel)
    let bytes = try InputFile.readAll(path: "\(folder)/torch-shares.json", limit: 1 << 20)
    let cases = try #require(try JSONValue.parse(bytes, file: "torch-shares.json").array)
    let reference = try #require(cases.first { $0["name"]?.string == "shares-model" })
    let documents = try #require(reference["documents"]?.array)
    #expect(documents.count == 3)
    for document in documents {
      let rows = try #require(document["rows"]?.array).compactMap { $0.integer.map(Int32.init) }
      let expected = try #require(document["shares"]?.array).compactMap(\.double)
      let shares = model.shares(
        of: EncodedDocument(rows: rows, hashes: rows.map { UInt64($0) }),
        for: try #require(document["label"]?.integer),
        IntegralPrecision(tolerance: 1e-6, points: 50_000), threads: 2)
      #expect(shares.values.count == expected.count && !expected.isEmpty)
      for (own, torch) in zip(shares.values, expected) { #expect(abs(own - torch) < 1e-4) }
    }
  }
}
