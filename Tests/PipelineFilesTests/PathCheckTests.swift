import Corpora
import PipelineFiles
import FileAccess
import Glibc
import PipelineCore
import TestSupport
import Testing

/// A folder for one test with every kind of file that a path can name.
private final class PathFixtures {
  let folder = TestFolder()
  var path: String { folder.path }

  init() throws {
    for name in ["corpus.tsv", "vectors.txt"] { try folder.file(name, "a\tb\n") }
    mkdir("\(path)/folder", 0o777)
    mkfifo("\(path)/pipe", 0o666)
    symlink("loop", "\(path)/loop")
  }
}

@Suite("Path check")
struct PathCheckTests {
  private static func text(train: String, vectors: String) -> String {
    """
    docket: 1
    corpus:
      train: \(train)
    embedding:
      stage: file.v1
      vectors: \(vectors)
    classifier: vectors.v1
    """
  }

  private static func load(
    _ fixtures: PathFixtures, train: String = "corpus.tsv", vectors: String = "vectors.txt",
    overrides: [String] = [], requireFiles: Bool = true
  ) throws -> PipelineDescription {
    try fixtures.folder.file("p.yaml", text(train: train, vectors: vectors))
    return try .load(
      path: fixtures.path + "/p.yaml", overrides: overrides, stages: TestStages.registry,
      requireFiles: requireFiles)
  }

  @Test("Paths are relative to the folder of the pipeline file, in --set to the working directory")
  func bases() throws {
    let fixtures = try PathFixtures()
    let plain = try Self.load(fixtures)
    let corpus = FilePath(written: "corpus.tsv", resolved: fixtures.path + "/corpus.tsv")
    #expect(plain.corpus.train == [corpus])
    let complete = fixtures.path + "/vectors.txt"
    let set = try Self.load(
      fixtures, overrides: ["corpus.train=[x, y]", "embedding.vectors=\(complete)"],
      requireFiles: false)
    #expect(set.corpus.train.map(\.resolved) == ["x", "y"])
    let embedding = try #require(set.embedding?.parts.first as? FileEmbedding)
    #expect(embedding.configuration.vectors == FilePath(written: complete, resolved: complete))
  }

  @Test(
    "A path that is not a readable file is refused with what it is",
    arguments: [
      ("absent.txt", "file-missing", "/absent.txt, which does not exist"),
      ("folder", "unusable-file", "a folder"), ("pipe", "unusable-file", "a named pipe"),
      ("loop", "unusable-file", "symbolic links"), ("/dev/zero", "unusable-file", "a device"),
      ("\"-\"", "unusable-file", "standard input"),
      ("\"vectors.txt\\0.gz\"", "unusable-file", "Invalid argument"),
    ])
  func unusable(path: String, code: String, phrase: String) throws {
    let fixtures = try PathFixtures()
    let errors = PipelineReaderTests.errors { try Self.load(fixtures, vectors: path) }
    #expect(errors.map(PipelineReaderTests.summary) == ["6:12 \(code)"])
    let sentence = errors.first?.sentence ?? ""
    #expect(sentence.contains(phrase) && sentence.contains("file.v1.vectors"), "\(sentence)")
    #expect(errors.first?.category == (code == "file-missing" ? .missingInput : .badInput))
    #expect(throws: Never.self) {
      try Self.load(fixtures, vectors: path, requireFiles: false)
    }
  }

  @Test("A file without read permission is refused", .enabled(if: geteuid() != 0))
  func unreadable() throws {
    let fixtures = try PathFixtures()
    chmod(fixtures.path + "/vectors.txt", 0)
    let errors = PipelineReaderTests.errors { try Self.load(fixtures) }
    #expect(errors.map(\.code) == ["unusable-file"])
    #expect(errors.first?.sentence.contains("Permission denied") == true)
  }

  @Test("A corpus can be a folder or a list, and each path has its error")
  func corpora() throws {
    let fixtures = try PathFixtures()
    let both = try Self.load(fixtures, train: "[corpus.tsv, folder]")
    #expect(both.corpus.train.count == 2)
    let errors = PipelineReaderTests.errors {
      try Self.load(fixtures, train: "[corpus.tsv, no, pipe]\n  validation: none.tsv")
    }
    #expect(
      errors.map(PipelineReaderTests.summary)
        == ["3:23 file-missing", "3:27 unusable-file", "4:15 file-missing"])
  }

  @Test("Training requires a corpus")
  func needsCorpus() {
    let errors = PipelineReaderTests.errors {
      try .parse(
        "docket: 1\nclassifier: tokens.v1\n", name: "p", stages: TestStages.registry,
        requireFiles: true)
    }
    #expect(errors.map(PipelineReaderTests.summary) == ["1:1 missing-setting"])
    #expect(errors.first?.sentence == "corpus needs the setting \"train\"")
  }

  @Test("A pipeline file that is missing or not a file is a missing input")
  func pipelineFile() throws {
    let fixtures = try PathFixtures()
    for (name, code) in [
      ("absent", "file-missing"), ("folder", "not-a-regular-file"), ("pipe", "not-a-regular-file"),
      ("loop", "file-unreadable"),
    ] {
      let error = #expect(throws: FileError.self) {
        _ = try PipelineDescription.load(
          path: fixtures.path + "/" + name, stages: TestStages.registry, requireFiles: false)
      }
      #expect(error?.code == code && error?.category == .missingInput)
    }
    try fixtures.folder.file("p.yaml", "#" + String(repeating: "x", count: 300 << 10))
    let errors = PipelineReaderTests.errors {
      try .load(
        path: fixtures.path + "/p.yaml", stages: TestStages.registry, requireFiles: false)
    }
    #expect(errors.map(\.code) == ["out-of-range"])
  }
}
