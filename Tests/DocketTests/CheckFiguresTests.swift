import Docket
import FileAccess
import Glibc
import PipelineCore
import Testing

/// The statistics of `docket check`, compared with those of `make-check-figures.py`.
@Suite("Statistics of check")
struct CheckFiguresTests {
  private static let here = Folder.split(#filePath).folder

  private static func figures() throws -> [JSONValue] {
    let path = "\(here)/Fixtures/check-figures.json"
    return try #require(
      try JSONValue.parse(InputFile.readAll(path: path, limit: 1 << 20), file: path).array)
  }

  @Test(
    "News in five languages has the statistics of the reference",
    arguments: ["en", "fa", "hi", "tr", "zh"])
  func newsdesk(language: String) throws {
    try compare("newsdesk/\(language)", folder: "\(Self.here)/../../corpora/newsdesk/\(language)")
  }

  @Test(
    "Larger corpora have the statistics of the reference",
    .enabled(if: getenv("DOCKET_SHARED") != nil, "DOCKET_SHARED does not say where they are"),
    arguments: ["en-agnews", "fa-isna", "hi-indicnews-shc", "tr-ttc3600", "zh-thucnews-titles"])
  func shared(name: String) throws {
    let shared = String(cString: try #require(getenv("DOCKET_SHARED")))
    try compare(name, folder: "\(shared)/data/\(name)")
    try compareCoverage(name, data: "\(shared)/data")
  }

  /// The language and the vectors of each larger corpus.
  private static let companions = [
    "en-agnews": ("English", "en-agnews-w2v-100d.bin"),
    "fa-isna": ("Persian", "fa-isna-w2v-100d.bin"),
    "hi-indicnews-shc": ("Hindi", "hi-news-w2v-100d.vec"),
    "tr-ttc3600": ("Turkish", "tr-ttc3600-w2v-100d.bin"),
    "zh-thucnews-titles": ("Chinese", "zh-tencent-char-200d.bin"),
  ]

  private func compareCoverage(_ name: String, data: String) throws {
    let (language, vectors) = try #require(Self.companions[name])
    let figures = try #require(try Self.figures().first { $0["name"]?.string == name })
    let isPlain = try Folder.names(in: "\(data)/\(name)").contains("train.tsv")
    let check = try PlainCheck.check(
      train: "\(data)/\(name)/train.tsv" + (isPlain ? "" : ".gz"), test: nil,
      embedding: "{stage: word2vec.v1, vectors: \"\(data)/vectors/\(vectors)\"}")
    #expect(check.language.shares.hasPrefix(language))
    let coverage = try #require(check.coverage)
    for (part, key) in [(coverage.own.tokens, "tokens"), (coverage.own.types, "types")] {
      let expected = figures["coverage"]?[key]?.array?.compactMap(\.integer)
      #expect([part.covered, part.total] == expected, "\(name)")
    }
    #expect(coverage.own.classes.reduce(0) { $0 + $1.covered } == coverage.own.tokens.covered)
    let best = coverage.best?.coverage ?? coverage.own
    #expect(best.tokens.share >= coverage.own.tokens.share)
  }

  private func compare(_ name: String, folder: String) throws {
    let figures = try #require(try Self.figures().first { $0["name"]?.string == name })
    let isPlain = try Folder.names(in: folder).contains("train.tsv")
    let check = try PlainCheck.check(
      train: "\(folder)/train.tsv" + (isPlain ? "" : ".gz"), test: "\(folder)/test.tsv")
    let expected = try #require(figures["parts"]?.array)
    #expect(check.parts.map(\.name) == expected.compactMap { $0["name"]?.string })
    for (part, expected) in zip(check.parts, expected) {
      #expect(part.format == .tsv)
      #expect(part.documents == expected["documents"]?.integer)
      #expect(part.tokens == expected["tokens"]?.integer)
      #expect(part.cutDocuments == expected["cutDocuments"]?.integer)
      let spread = part.lengths
      #expect(
        [spread.least, spread.first, spread.median, spread.third, spread.greatest]
          == expected["lengths"]?.array?.compactMap(\.integer))
      let labels = try #require(expected["labels"]?.array).compactMap(\.array)
      #expect(part.classes.map { "\($0.label)" } == labels.compactMap { $0[0].string })
      #expect(part.classes.map(\.documents) == labels.compactMap { $0[1].integer })
      #expect(part.classes.map(\.tokens) == labels.compactMap { $0[2].integer })
      expectRepeats(part.duplicates, expected["duplicates"], name)
      if let leakage = part.leakage { expectRepeats(leakage, expected["leakage"], name) }
    }
  }

  private func expectRepeats(_ found: CorpusRepeats, _ expected: JSONValue?, _ name: String) {
    #expect([found.exact, found.near] == expected?.array?.compactMap(\.integer), "\(name)")
    #expect(found.unfinished == 0)
  }
}
