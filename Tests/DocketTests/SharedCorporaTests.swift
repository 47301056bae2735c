import Docket
import Glibc
import PipelineCore
import Testing

@Suite(
  "Real corpora",
  .enabled(if: getenv("DOCKET_SHARED") != nil, "DOCKET_SHARED does not say where they are"))
struct SharedCorporaTests {
  @Test(
    "News in five languages is read completely",
    arguments: [
      ("en-agnews/train.tsv", 16_438, 4), ("en-agnews/test.tsv", 7_600, 4),
      ("tr-ttc3600/train.tsv.gz", 3_070, 6), ("tr-ttc3600/test.tsv", 341, 6),
      ("zh-thucnews-titles/train.tsv", 54_000, 10), ("zh-thucnews-titles/test.tsv", 10_000, 10),
      ("fa-isna/train.tsv.gz", 6_750, 5), ("fa-isna/test.tsv", 750, 5),
      ("hi-indicnews-shc/train.tsv", 3_568, 11), ("hi-indicnews-shc/test.tsv", 3_836, 11),
    ])
  func read(name: String, documents: Int, labels: Int) throws {
    let shared = String(cString: try #require(getenv("DOCKET_SHARED")))
    let corpus = try Corpus.read(["\(shared)/data/\(name)"])
    #expect(corpus.documents.count == documents)
    #expect(corpus.labels.count == labels)
    #expect(!corpus.warnings.contains { $0.kind == .emptyText || $0.kind == .similarLabels })
  }
}
