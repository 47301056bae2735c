import TestSupport
import FileAccess
import Testing

@Suite("docket vectors") struct VectorsTests {
  let folder = TestFolder()

  @Test("info shows format, counts and lengths, and lists neighbours and analogies")
  func info() throws {
    let path = try folder.file(
      "v.txt", "5 2\nking 2 2\nman 0 3\nwoman 0.2 -3\nqueen 3 -3\nking 9 9\n")
    let text = try Command.docket("vectors", "info", path, "--neighbours", "king")
    #expect(text.code == 0)
    #expect(text.text.contains("word2vec text"))
    #expect(text.text.contains("4 words, 2 dimensions"))
    #expect(text.text.contains("5 rows read: 4 kept, 1 duplicates, 0 skipped"))
    #expect(text.text.contains("nearest to \"king\":\n  man\t0.707"))
    let outcome = try Command.docket(
      "vectors", "info", path, "--analogy", "man", "king", "woman", "--top", "1", "--json")
    let json = try JSONValue.parse(outcome.output, file: "info")
    #expect(json["words"]?.integer == 4)
    #expect(json["form"]?.string == "text")
    #expect(outcome.text.contains("\"word\": \"queen\""))
  }

  @Test("convert through every format and back restores the same bytes")
  func convert() throws {
    try folder.file("1.txt", "3 2\na 0.1 -1e-05\nb 16777216.0 3.4028235e+38\n漢 1e-45 -0.0\n")
    let names = ["1.txt", "2.bin", "3.vec.gz", "4.glove", "5.bin.gz", "6.txt"]
    for (from, to) in zip(names, names.dropFirst()) {
      let outcome = try Command.docket("vectors", "convert", from, to, folder: folder.path)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.output.isEmpty)
      #expect(outcome.errors.contains("3 rows read: 3 kept"))
    }
    let limit = 1 << 20
    #expect(
      try InputFile.readAll(path: folder.path + "/6.txt", limit: limit)
        == InputFile.readAll(path: folder.path + "/1.txt", limit: limit))
  }

  @Test("Wrong usage is 64, a missing file 66, an output that is the input 73")
  func wrongUse() throws {
    let path = try folder.file("v.txt", "1 2\nking 2 2\n")
    let cases: [([String], Int32, String)] = [
      (["info", path, "--neighbours", "x"], 64, "the file does not contain the word \"x\""),
      (["info", path, "--analogy", "a", "b"], 64, "three words"),
      (["info", path + "x"], 66, "v.txtx"),
      (["convert", path, folder.path + "/v.npy"], 64, "--form"),
      (["convert", path, path], 73, "choose another output"),
    ]
    for (arguments, code, phrase) in cases {
      let outcome = try Command.docket(["vectors"] + arguments)
      #expect(outcome.code == code, "\(arguments): \(outcome.errors)")
      #expect(outcome.errors.contains(phrase), "\(arguments): \(outcome.errors)")
    }
  }

  @Test("Norms far from those of real vectors are a warning")
  func norms() throws {
    let folder = TestFolder()
    try folder.file("v.vec", "a 1e38 2e37\nb 1 2\nc 1 1\n")
    let info = try Command.docket("vectors", "info", "v.vec", folder: folder.path)
    #expect(info.text.contains("warning: the vector norms range from"), "\(info.text)")
  }
}
