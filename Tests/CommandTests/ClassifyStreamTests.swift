import TestSupport
import FileAccess
import Glibc
import Testing

/// `docket classify` with many documents, closed pipes and slow writers.
@Suite struct ClassifyStreamTests {
  @Test("10,000 documents, some of them empty or broken, give 10,000 records in order")
  func tenThousand() throws {
    var input: [UInt8] = []
    var isBroken: [Bool] = []
    for number in 0..<10_000 {
      // One document in 40 is empty and is classified; one in 40 is not UTF-8 and is an error.
      isBroken.append(number % 40 == 7)
      switch number % 40 {
      case 7: input += [0x61, 0xC3, 0x28]
      case 27: break
      default:
        let topic = TinyCorpus.topics[number % 3]
        input += Array("\(topic.words[number % 5]) \(topic.words[number % 4]) \(number)".utf8)
      }
      input.append(0x0A)
    }
    let outcome = try Command.docket("classify", SharedRun.model, "--json", input: input)
    #expect(outcome.code == 1)
    #expect(outcome.errors.hasPrefix("250 of 10,000 documents could not be used: "))
    let lines = outcome.lines
    try #require(lines.count == 10_000)
    for (number, line) in lines.enumerated() {
      let id = line.hasPrefix("{\"id\":\(number + 1),")
      let isError = line.contains("\"error\":{\"code\":\"invalid-utf8\"")
      let isAnswer = line.contains("\"label\":")
      guard id, isError == isBroken[number], isAnswer != isError else {
        Issue.record("record \(number + 1): \(line)")
        return
      }
    }
  }

  @Test("The record of a document is the same alone, in any batch and with any number of threads")
  func batches() throws {
    let documents = (0..<60).map { number in
      let words = TinyCorpus.topics[number % 3].words
      return (0...(number % 9)).map { words[($0 + number) % 6] }.joined(separator: " ")
    }
    let input = Array(documents.map { "\($0)\n" }.joined().utf8)
    let together = try Command.docket(
      "classify", SharedRun.model, "--top", "3", "--threads", "1", input: input)
    #expect(together.lines.count == documents.count)
    for threads in ["2", "3", "8"] {
      let other = try Command.docket(
        "classify", SharedRun.model, "--top", "3", "--threads", threads, input: input)
      #expect(other.output == together.output)
    }
    for number in stride(from: 0, to: documents.count, by: 7) {
      let alone = try Command.docket(
        "classify", SharedRun.model, "--top", "3", input: Array(documents[number].utf8))
      #expect(alone.lines == [together.lines[number]])
    }
    let backwards = Array(documents.reversed().map { "\($0)\n" }.joined().utf8)
    let turned = try Command.docket(
      "classify", SharedRun.model, "--top", "3", input: backwards)
    #expect(turned.lines == together.lines.reversed())
  }

  @Test("A closed pipe ends the command silently with code 0")
  func head() throws {
    let folder = TestFolder()
    try folder.file("documents", String(repeating: "rain and wind\n", count: 20_000))
    for verb in ["classify", "tokenize"] {
      let outcome = try Command.shell(
        "{ $docket \(verb) \(SharedRun.model) < documents; echo $? > code; } | head -1",
        folder: folder.path)
      #expect(outcome.lines.count == 1)
      #expect(outcome.errors.isEmpty)
      let code = try InputFile.readAll(path: folder.path + "/code", limit: 100)
      #expect(String(decoding: code, as: UTF8.self) == "0\n")
    }
  }

  @Test(
    "A full disk is an error when writing to standard output",
    arguments: [
      ["classify", "MODEL"], ["tokenize", "MODEL"], ["show", "MODEL"], ["stages"], ["schema"],
      ["check", "pipeline.yaml"], ["evaluate", "MODEL", "test.tsv"],
    ])
  func fullDisk(arguments: [String]) throws {
    let outcome = try Command.docket(
      arguments.map { $0 == "MODEL" ? SharedRun.model : $0 }, input: Array("rain\n".utf8),
      output: "/dev/full", folder: SharedRun.path)
    #expect(outcome.code == 74)
    #expect(outcome.errors.hasPrefix("standard output: error: "), "\(outcome.errors)")
    #expect(outcome.errors.contains("No space left on device"))
    #expect(outcome.errors.hasSuffix("[write-failed]\n"))
  }

  @Test("A record is printed as soon as its line ends, however slowly lines arrive")
  func slowLines() throws {
    let folder = TestFolder()
    let pipe = folder.path + "/pipe"
    mkfifo(pipe, 0o600)
    // Opened for reading too, so that `open` does not block.
    let writer = open(pipe, O_RDWR | O_CLOEXEC)
    defer { close(writer) }
    let command = try Command(["classify", SharedRun.model], input: pipe)
    for (count, line) in ["rain\n", "bread\n", "a dr"].enumerated() {
      #expect(write(writer, line, line.utf8.count) == line.utf8.count)
      let records = min(count + 1, 2)
      #expect(command.until { $0.outputSoFar.count { $0 == 0x0A } == records })
    }
    command.send(SIGTERM)
    #expect(try command.wait().code == -SIGTERM)
  }

  @Test("A model that is overwritten while documents are classified ends the command with an error")
  func overwrittenModel() throws {
    let folder = TestFolder()
    let bytes = try InputFile.readAll(path: SharedRun.model, limit: 1 << 24)
    let model = try folder.file("model.docket", bytes)
    try folder.setModified("model.docket", secondsAgo: 60)
    let pipe = folder.path + "/pipe"
    mkfifo(pipe, 0o600)
    let writer = open(pipe, O_RDWR | O_CLOEXEC)
    defer { close(writer) }
    let command = try Command(["classify", model], input: pipe)
    #expect(write(writer, "rain\n", 5) == 5)
    #expect(command.until { $0.outputSoFar.count { $0 == 0x0A } == 1 })
    // Replacing the file is harmless: its old content stays.
    try folder.file("model.docket", bytes)
    #expect(write(writer, "rain\n", 5) == 5)
    #expect(command.until { $0.outputSoFar.count { $0 == 0x0A } == 2 })
    command.send(SIGTERM)
    _ = try command.wait()

    try folder.setModified("model.docket", secondsAgo: 60)
    let other = try Command(["classify", model], input: pipe)
    #expect(write(writer, "rain\n", 5) == 5)
    #expect(other.until { $0.outputSoFar.count { $0 == 0x0A } == 1 })
    #expect(truncate(model, 100) == 0)
    #expect(write(writer, "bread and oven\n", 15) == 15)
    let outcome = try other.wait()
    #expect(outcome.code == 65)
    #expect(outcome.lines.count == 1)
    #expect(outcome.errors.contains("[changed-while-reading]"), "\(outcome.errors)")
  }
}
