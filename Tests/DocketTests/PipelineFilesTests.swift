import Docket
import FileAccess
import PipelineCore
import Testing

/// The pipeline files that are in the repository.
@Suite struct PipelineFilesTests {
  private static let folder: String = {
    let tests = Folder.split(Folder.split(#filePath).folder).folder
    return Folder.split(tests).folder + "/pipelines"
  }()

  static let names = ((try? Folder.names(in: folder)) ?? []).filter { $0.hasSuffix(".yaml") }

  @Test(
    "every pipeline file is read without an error, and again from what it resolves to",
    arguments: names)
  func loads(name: String) throws {
    // newsdesk is in this repository; other corpora are named on the command line.
    let description = try PipelineDescription.load(
      path: "\(Self.folder)/\(name)", stages: .builtIn, requireFiles: name.hasPrefix("newsdesk"))
    let again = try PipelineDescription.parse(
      description.resolvedText, name: "again", stages: .builtIn, requireFiles: false)
    #expect(again.resolvedText == description.resolvedText)
  }

  @Test("there are pipeline files, and those of newsdesk name documents to evaluate with")
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
