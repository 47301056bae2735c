import ArgumentParser
import Embeddings
import FileAccess
import PipelineCore

/// `docket vectors info`: describes a vector file.
struct VectorsInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Describe a vector file and find similar words.")

  @OptionGroup var input: VectorFileOptions

  @Option(
    name: .long,
    help: ArgumentHelp("Also list the words most similar to this one.", valueName: "word"))
  var neighbours: String?

  @Option(
    name: .long, parsing: .upToNextOption,
    help: ArgumentHelp("Also list the words that are to c as b is to a.", valueName: "a b c"))
  var analogy: [String] = []

  @Option(name: .long, help: ArgumentHelp("The number of words to list.", valueName: "n"))
  var top = 10

  @Flag(name: .long, help: "Print JSON.")
  var json = false

  @OptionGroup var work: WorkOptions

  func validate() throws {
    guard analogy.isEmpty || analogy.count == 3 else {
      throw ValidationError("--analogy requires three words: a b c.")
    }
    guard (1...10_000).contains(top) else {
      throw ValidationError("--top must be between 1 and 10000.")
    }
  }

  func run() throws {
    try OutputFiles.checkStreams(inputs: [input.file])
    let summary = try VectorFileSummary(reading: input.open(threads: work.threads))
    let lists = try searches(in: summary.vectors)
    let output = CheckedOutput.standardOutput()
    if json {
      let members =
        summary.json
        + lists.map { list in
          JSONMember(list.key, .array(list.found.map { json($0, of: summary.vectors) }))
        }
      try output.write(JSONValue.object(members).text(.indented) + "\n")
    } else {
      try output.write(summary.text)
      for list in lists {
        try output.write("\(list.title)\n")
        for one in list.found {
          try output.write("  ")
          try output.write(summary.vectors.vocabulary[one.word])
          try output.write("\t\(one.cosine)\n")
        }
      }
    }
    try output.flush()
  }

  /// A list that was asked for in addition to the summary.
  private typealias List = (key: String, title: String, found: [VectorNeighbours.Neighbour])

  private func searches(in vectors: WordVectors) throws -> [List] {
    var lists: [List] = []
    guard neighbours != nil || !analogy.isEmpty else { return [] }
    let search = VectorNeighbours(vectors)
    if let neighbours {
      let found = try search.neighbours(of: neighbours, count: top, threads: work.threads)
      lists.append(("neighbours", "nearest to \(QuotedText.quote(neighbours)):", found))
    }
    if analogy.count == 3 {
      let found = try search.analogy(
        analogy[0], analogy[1], analogy[2], count: top, threads: work.threads)
      let words = analogy.map { QuotedText.quote($0) }
      lists.append(
        ("analogy", "what is to \(words[2]) as \(words[1]) is to \(words[0]):", found))
    }
    return lists
  }

  private func json(_ one: VectorNeighbours.Neighbour, of vectors: WordVectors) -> JSONValue {
    .members([
      "word": .string(vectors.vocabulary.string(one.word)),
      "cosine": .number(JSONNumber(one.cosine)),
    ])
  }
}
