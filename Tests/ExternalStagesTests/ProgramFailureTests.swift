import ExternalStages
import Glibc
import PipelineCore
import TestSupport
import Testing

/// A program that fails in one way for the texts with a certain word, and its outcome.
struct FailureCase: Sendable, CustomTestStringConvertible {
  var name: String
  /// The sed commands of a normalizer that fails for texts with `bad`.
  var commands: String
  /// The code of the error of such a text.
  var code: String
  /// A part of the sentence of the error.
  var clause: String
  var timeout = 20.0

  var testDescription: String { name }

  static let all = [
    FailureCase(
      name: "ends", commands: "/bad/Q3", code: "program-ended", clause: "ended with exit code 3"),
    FailureCase(
      name: "does not answer", commands: "/bad/d", code: "program-timeout",
      clause: "did not answer within 0.3 s", timeout: 0.3),
    FailureCase(
      name: "answers with something else", commands: "/bad/s/.*/oh no/", code: "program-answer",
      clause: "must answer with a JSON object; found \"oh no\""),
    FailureCase(
      name: "answers with another number", commands: #"/bad/s/"id":/"id":9/"#,
      code: "program-order", clause: "in order, with the id of the request"),
    FailureCase(
      name: "answers without a text", commands: "/bad/s/text/texts/", code: "program-answer",
      clause: #"must answer with "text" or "error"; found "{\"id\":"#),
    FailureCase(
      name: "answers with NaN", commands: #"/bad/s/"text":.*/"score":NaN}/"#,
      code: "program-answer", clause: "NaN is not a JSON number"),
    FailureCase(
      name: "answers with the same key twice", commands: #"/bad/s/"text":/"text":"x",&/"#,
      code: "program-answer", clause: "duplicate key"),
    FailureCase(
      name: "answers with bytes that are not UTF-8", commands: #"/bad/s/bad/\xFF/"#,
      code: "program-answer", clause: ": invalid UTF-8"),
    FailureCase(
      name: "rejects the text", commands: #"/bad/s/"text":.*/"error":"too bad"}/"#,
      code: "unprocessable-text", clause: "rejected the request: too bad"),
    FailureCase(
      name: "writes a line without end", commands: #"/bad/e yes | tr -d "\\n""#,
      code: "program-output", clause: "a line of more than 65"),
    FailureCase(
      name: "writes lines without end", commands: "/bad/e yes", code: "program-answer",
      clause: #"found "y""#),
  ]
}

/// A failure of a program is the error of one document; the other documents get their answers.
@Suite("Program failures")
struct ProgramFailureTests {
  private let folder = TestFolder()

  @Test("Only the text that makes a program fail gets an error", arguments: FailureCase.all)
  func oneText(failure: FailureCase) throws {
    let stage = try ProcessNormalizer(
      TestPrograms.sed(.normalizer, failure.commands), in: folder, timeout: failure.timeout)
    let texts = (0..<40).map { $0 % 13 == 5 ? "bad \($0)" : "good \($0)" }
    let expected = texts.map { $0.hasPrefix("bad") ? "(\(failure.code))" : $0 }
    #expect(stage.results(texts) == expected)
    // A text on its own has the same outcome.
    for text in texts[4...6] {
      #expect(stage.results([text])[0] == (text.hasPrefix("bad") ? "(\(failure.code))" : text))
    }
    let error = stage.normalize(batch: [AlignedText("bad")])[0].failure
    #expect(error?.sentence.contains(failure.clause) == true, "\(error?.sentence ?? "no error")")
    #expect(error?.sentence.contains("/program\"") == true)
  }

  @Test("A second answer to a request does not become the answer to the next")
  func twice() throws {
    let stage = try ProcessNormalizer(TestPrograms.sed(.normalizer, "/twice/p"), in: folder)
    let texts = (0..<30).map { $0 % 7 == 3 ? "twice \($0)" : "once \($0)" }
    #expect(stage.results(texts) == texts)
    for text in texts { #expect(stage.results([text]) == [text]) }
  }

  @Test("Answers in another order are errors, not mixed up")
  func swapped() throws {
    let script = TestPrograms.sed(.normalizer, #"N;s/\(.*\)\n\(.*\)/\2\n\1/"#)
    let stage = try ProcessNormalizer(script, in: folder, timeout: 0.3)
    // A request that is sent alone is never answered, because the program waits for a second one.
    #expect(stage.results(["a", "b"]) == ["(program-timeout)", "(program-timeout)"])
  }

  @Test("A program that has started is never given up, whatever the number of failures in a row")
  func neverGivenUp() throws {
    let stage = try ProcessNormalizer(TestPrograms.sed(.normalizer, "Q4"), in: folder)
    let codes = stage.results((0..<30).map { "text \($0)" })
    #expect(codes.allSatisfy { $0 == "(program-ended)" })
    let error = stage.normalize(batch: [AlignedText("")])[0].failure
    #expect(error?.sentence.contains("ended with exit code 4") == true)
  }

  @Test("Texts that end the program next to each other give the same results for any threads")
  func threads() throws {
    let texts = (0..<120).map { (40..<52).contains($0) ? "bad \($0)" : "good \($0)" }
    let expected = texts.map { $0.hasPrefix("bad") ? "(program-ended)" : $0 }
    for threads in [1, 2, 3] {
      let stage = try ProcessNormalizer(TestPrograms.sed(.normalizer, "/bad/Q3"), in: folder)
      let ranges = Shards.ranges(of: texts.count, size: 10)
      let parts = Shards.map(count: ranges.count, threads: threads) {
        stage.results(Array(texts[ranges[$0]]))
      }
      #expect(Array(parts.joined()) == expected, "\(threads) threads")
    }
  }

  @Test("Failures that are not in a row do not add up")
  func notInARow() throws {
    let stage = try ProcessNormalizer(TestPrograms.sed(.normalizer, "/bad/Q3"), in: folder)
    let texts = (0..<60).map { $0 % 5 == 4 ? "good" : "bad" }
    let expected = texts.map { $0 == "good" ? $0 : "(program-ended)" }
    #expect(stage.results(texts) == expected)
  }

  @Test("A program that never starts is not tried again")
  func neverStarts() throws {
    let script = "#!/bin/sh\necho no such file >&2\necho x >>'\(folder.path)/starts'\nexit 7\n"
    let stage = try ProcessNormalizer(script, in: folder)
    #expect(throws: (any Error).self) { try stage.startProgram() }
    #expect(stage.results(["a", "b"]) == ["(program-ended)", "(program-ended)"])
    let sentence = stage.normalize(batch: [AlignedText("")])[0].failure?.sentence ?? ""
    #expect(sentence.contains("ended with exit code 7; its last message: \"no such file\""))
    #expect(try folder.lines("starts").count == 1)
  }

  @Test(
    "A greeting that is not valid is an error",
    arguments: [
      ("echo hello", "must begin with the greeting"),
      (#"echo '{"protocol":2,"role":"normalizer","name":"x"}'"#, "must begin with the greeting"),
      (#"echo '{"protocol":1,"role":"tokenizer","name":"x"}'"#, "must begin with the greeting"),
      (#"echo '{"protocol":1,"role":"normalizer"}'"#, "must begin with the greeting"),
      (#"echo '{"error":"no setting size"}'"#, "rejected the greeting: no setting size"),
      ("sleep 60", "did not answer within 0.4 s"),
      ("yes", "must begin with the greeting"),
      ("kill -9 $$", "was killed by signal 9"),
      ("exec >&-; sleep 60", "closed its standard output"),
    ])
  func greeting(command: String, clause: String) throws {
    let path = try TestPrograms.write("#!/bin/sh\nread -r greeting\n\(command)\ncat\n", in: folder)
    var settings = ProcessSettings(path)
    settings.startTimeout = 0.4
    let stage = ProcessNormalizer(configuration: settings).with(access: .allowed(changed: false))
    let error = #expect(throws: ProgramError.self) { try stage.startProgram() }
    #expect(error?.sentence.contains(clause) == true, "\(error?.sentence ?? "")")
  }

  @Test("A program that is missing or not executable has a clear error")
  func missing() throws {
    func error(_ path: String) -> ProgramError? {
      let stage = ProcessNormalizer(configuration: ProcessSettings(path))
      return #expect(throws: ProgramError.self) {
        try stage.with(access: .allowed(changed: false)).startProgram()
      }
    }
    #expect(error("\(folder.path)/nothing")?.code == "program-missing")
    #expect(error("docket-no-such-program")?.code == "program-missing")
    let path = try folder.file("plain", "text")
    #expect(error(path)?.sentence.contains("cannot be started: Permission denied") == true)
    try folder.file("binary", [0x7F, 0x45, 0x4C, 0x46, 0, 0])
    chmod("\(folder.path)/binary", 0o755)
    #expect(error("\(folder.path)/binary")?.code == "program-not-started")
  }

  @Test("Without permission, no program is started")
  func notAllowed() throws {
    let path = try TestPrograms.write(
      "#!/bin/sh\ntouch '\(folder.path)/started'\n", in: folder)
    let stage = ProcessNormalizer(configuration: ProcessSettings(path))
    for access in [ProgramAccess.refused, .described] {
      #expect(stage.with(access: access).results(["a"]) == ["(external-not-allowed)"])
      #expect(throws: ProgramError.self) { try stage.with(access: access).startProgram() }
    }
    #expect(!folder.names.contains("started"))
  }
}

extension Result {
  /// The error; `nil` for a success.
  var failure: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}
