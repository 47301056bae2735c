import Corpora
import Docket
import PipelineFiles
import FileAccess
import PipelineCore
import Testing

/// The pipeline files of this repository.
@Suite("Shipped pipelines")
struct ShippedPipelinesTests {
  private static let folder: String = {
    let tests = Folder.split(Folder.split(#filePath).folder).folder
    return Folder.split(tests).folder + "/pipelines"
  }()

  static let names = ((try? Folder.names(in: folder)) ?? []).filter { $0.hasSuffix(".yaml") }

  @Test(
    "Every pipeline file is read without errors, and so is its resolved text",
    arguments: names)
  func loads(name: String) throws {
    // Only the newsdesk corpus is in this repository.
    let description = try PipelineDescription.load(
      path: "\(Self.folder)/\(name)", stages: .builtIn, requireFiles: name.hasPrefix("newsdesk"))
    let again = try PipelineDescription.parse(
      description.resolvedText, name: "again", stages: .builtIn, requireFiles: false)
    #expect(again.resolvedText == description.resolvedText)
  }

  @Test("The newsdesk pipelines name test documents")
  func newsdesk() throws {
    #expect(Self.names.count >= 12)
    for name in Self.names where name.hasPrefix("newsdesk") {
      let description = try PipelineDescription.load(
        path: "\(Self.folder)/\(name)", stages: .builtIn, requireFiles: true)
      #expect(!description.corpus.test.isEmpty, "\(name)")
      let corpus = try Corpus.read(description.corpus.train.map(\.resolved))
      #expect(corpus.labels.count == 5)
    }
  }
}
