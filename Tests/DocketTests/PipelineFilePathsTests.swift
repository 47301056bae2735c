import Docket
import FileAccess
import Glibc
import PipelineCore
import Testing

/// A folder that is there for one test, with files of every kind that a path can lead to.
private final class PathPlayground {
  let path: String

  init() throws {
    var template = Array("/tmp/docket-paths-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer {
      $0.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    path = try #require(made)
    for name in ["corpus.tsv", "vectors.txt"] { try write("a\tb\n", to: name) }
    mkdir("\(path)/folder", 0o777)
    mkfifo("\(path)/pipe", 0o666)
    symlink("loop", "\(path)/loop")
  }

  deinit {
    for name in ["corpus.tsv", "vectors.txt", "pipe", "loop", "p.yaml"] {
      unlink("\(path)/\(name)")
    }
    rmdir("\(path)/folder")
    rmdir(path)
  }

  func write(_ text: String, to name: String) throws {
    let file = try #require(fopen("\(path)/\(name)", "w"))
    fputs(text, file)
    fclose(file)
  }
}

@Suite struct PipelineFilePathsTests {
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
    _ playground: PathPlayground, train: String = "corpus.tsv", vectors: String = "vectors.txt",
    overrides: [String] = [], requireFiles: Bool = true
  ) throws -> PipelineDescription {
    try playground.write(text(train: train, vectors: vectors), to: "p.yaml")
    return try .load(
      path: playground.path + "/p.yaml", overrides: overrides, stages: TestStages.registry,
      requireFiles: requireFiles)
  }

  @Test("paths count from the pipeline file's folder, those of --set from the working directory")
  func bases() throws {
    let playground = try PathPlayground()
    let plain = try Self.load(playground)
    let corpus = FilePath(written: "corpus.tsv", resolved: playground.path + "/corpus.tsv")
    #expect(plain.corpus.train == [corpus])
    let complete = playground.path + "/vectors.txt"
    let set = try Self.load(
      playground, overrides: ["corpus.train=[x, y]", "embedding.vectors=\(complete)"],
      requireFiles: false)
    #expect(set.corpus.train.map(\.resolved) == ["x", "y"])
    let embedding = try #require(set.embedding?.parts.first as? FileEmbedding)
    #expect(embedding.configuration.vectors == FilePath(written: complete, resolved: complete))
  }

  @Test(
    "a path that leads to no readable file is refused with where it leads",
    arguments: [
      ("absent.txt", "missing-file", "/absent.txt, which does not exist"),
      ("folder", "unusable-file", "a folder"), ("pipe", "unusable-file", "a named pipe"),
      ("loop", "unusable-file", "symbolic links"), ("/dev/zero", "unusable-file", "a device"),
      ("\"-\"", "unusable-file", "standard input"),
      ("\"vectors.txt\\0.gz\"", "unusable-file", "Invalid argument"),
    ])
  func unusable(path: String, code: String, phrase: String) throws {
    let playground = try PathPlayground()
    let errors = PipelineFileErrorsTests.errors { try Self.load(playground, vectors: path) }
    #expect(errors.map(PipelineFileErrorsTests.summary) == ["6:12 \(code)"])
    let sentence = errors.first?.sentence ?? ""
    #expect(sentence.contains(phrase) && sentence.contains("file.v1.vectors"), "\(sentence)")
    #expect(errors.first?.category == .badInput)
    #expect(throws: Never.self) {
      try Self.load(playground, vectors: path, requireFiles: false)
    }
  }

  @Test("a file without the right to read it is refused", .enabled(if: geteuid() != 0))
  func unreadable() throws {
    let playground = try PathPlayground()
    chmod(playground.path + "/vectors.txt", 0)
    let errors = PipelineFileErrorsTests.errors { try Self.load(playground) }
    #expect(errors.map(\.code) == ["unusable-file"])
    #expect(errors.first?.sentence.contains("Permission denied") == true)
  }

  @Test("a corpus can be a folder, a list, and has a path for each")
  func corpora() throws {
    let playground = try PathPlayground()
    let both = try Self.load(playground, train: "[corpus.tsv, folder]")
    #expect(both.corpus.train.count == 2)
    let errors = PipelineFileErrorsTests.errors {
      try Self.load(playground, train: "[corpus.tsv, no, pipe]\n  validation: none.tsv")
    }
    #expect(
      errors.map(PipelineFileErrorsTests.summary)
        == ["3:23 missing-file", "3:27 unusable-file", "4:15 missing-file"])
  }

  @Test("training needs a corpus")
  func needsCorpus() {
    let errors = PipelineFileErrorsTests.errors {
      try .parse(
        "docket: 1\nclassifier: tokens.v1\n", name: "p", stages: TestStages.registry,
        requireFiles: true)
    }
    #expect(errors.map(PipelineFileErrorsTests.summary) == ["1:1 missing-setting"])
    #expect(errors.first?.sentence == "corpus needs the setting \"train\"")
  }

  @Test("a pipeline file that is not there, or is none, is a missing input")
  func pipelineFile() throws {
    let playground = try PathPlayground()
    for (name, code) in [
      ("absent", "file-missing"), ("folder", "not-a-regular-file"), ("pipe", "not-a-regular-file"),
      ("loop", "file-unreadable"),
    ] {
      let error = #expect(throws: FileError.self) {
        _ = try PipelineDescription.load(
          path: playground.path + "/" + name, stages: TestStages.registry, requireFiles: false)
      }
      #expect(error?.code == code && error?.category == .missingInput)
    }
    try playground.write("#" + String(repeating: "x", count: 300 << 10), to: "p.yaml")
    let errors = PipelineFileErrorsTests.errors {
      try .load(
        path: playground.path + "/p.yaml", stages: TestStages.registry, requireFiles: false)
    }
    #expect(errors.map(\.code) == ["out-of-range"])
  }
}
