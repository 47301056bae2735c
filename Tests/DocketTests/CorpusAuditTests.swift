import Docket
import TestSupport
import Testing

@Suite("Audit of a corpus")
struct CorpusAuditTests {
  private static func documents() -> [CorpusDocument] {
    TinyCorpus.documents(180).map { CorpusDocument($0.text, label: Label($0.label)) }
  }

  private static func training(_ documents: [CorpusDocument], threads: Int = 2) throws
    -> PipelineTraining
  {
    let pipeline = PipelineDescription(languages: [.en], classifier: NGramClassifier())
    var training = PipelineTraining(pipeline, threads: threads)
    training.documents = CorpusParts(training: try Corpus(documents: documents))
    return training
  }

  @Test("Flipped labels are the first label errors, with the right suggestion")
  func flipped() throws {
    var documents = Self.documents()
    let flipped: [Int: Label] = [17: "music", 60: "weather", 100: "cooking", 151: "weather"]
    let right = flipped.mapValues { _ in Label("") }.keys.reduce(into: [Int: Label]()) {
      $0[$1] = documents[$1].label
    }
    for (number, label) in flipped {
      #expect(documents[number].label != label)
      documents[number].label = label
    }
    let audit = try Self.training(documents).audit()
    #expect(Set(audit.labelErrors.prefix(4).map(\.document)) == Set(flipped.keys))
    for error in audit.labelErrors.prefix(4) {
      #expect(error.suggestion == right[error.document])
      #expect(error.quality < 0.5 && error.probability > error.labelProbability)
    }
    #expect(audit.estimatedErrors >= 4 && audit.overlaps.allSatisfy { $0.labels.count == 2 })
    #expect(audit.overlaps.reduce(0) { $0 + $1.documents } == audit.estimatedErrors)
  }

  @Test("Exact and near duplicates under different labels are found, and no others")
  func duplicates() throws {
    var documents = Self.documents()
    let start = documents.count
    let long = (0..<30).map { "word\($0)" }
    func add(_ text: String, _ label: Label) {
      documents.append(CorpusDocument(text, label: label))
    }
    add(long.joined(separator: " "), "music")
    add(long.joined(separator: " "), "music")
    add(long.joined(separator: "  "), "weather")
    add((long.dropLast() + ["end"]).joined(separator: " "), "cooking")
    add(
      documents[4].text.isEmpty ? "" : String(decoding: documents[4].text, as: UTF8.self), "weather"
    )
    add("", "music")
    add("", "weather")
    let audit = try Self.training(documents).audit(folds: 3)
    let found = audit.conflicts.filter { $0.document >= start }
    #expect(found.map(\.document) == [start + 2, start + 3, start + 4])
    #expect(found.map(\.earlier) == [start, start, 4])
    #expect(found[0].resemblance == 1 && found[2].resemblance == nil)
    // 27 of 28 shingles are the same.
    #expect(abs((found[1].resemblance ?? 0) - 27.0 / 29) < 1e-12)
  }

  @Test("A document without words fits no label")
  func outlier() throws {
    var documents = Self.documents()
    documents.append(CorpusDocument("", label: "music"))
    let audit = try Self.training(documents).audit()
    let worst = try #require(audit.outliers.first)
    #expect(worst.document == documents.count - 1 && worst.fit < CorpusAudit.outlierFit)
  }

  @Test("Repeated divisions use the next seeds, and their probabilities are averaged")
  func repeated() throws {
    let documents = Self.documents()
    let twice = try Self.training(documents).crossValidate(folds: 4, repeats: 2)
    var pipeline = PipelineDescription(languages: [.en], classifier: NGramClassifier())
    pipeline.training.seed += 1
    var training = PipelineTraining(pipeline, threads: 1)
    training.documents = CorpusParts(training: try Corpus(documents: documents))
    let next = try training.crossValidate(folds: 4)
    #expect(next.repetitions[0].folds == twice.repetitions[1].folds)
    #expect(next.repetitions[0].folds != twice.repetitions[0].folds)
    for number in documents.indices {
      let second = twice.probabilities(of: number, repetition: 1)
      #expect(Array(next.probabilities(of: number)) == Array(second))
    }
    #expect(twice.scores.folds.map(\.repetition) == [0, 0, 0, 0, 1, 1, 1, 1])
  }

  @Test("A label in one fold only has probability 0 there, and a warning")
  func rareLabel() throws {
    var documents = Self.documents()
    documents.append(CorpusDocument("the comet was rare", label: "astronomy"))
    var notes: [String] = []
    var training = try Self.training(documents)
    training.note = { notes.append($0) }
    let result = try training.crossValidate(folds: 3)
    #expect(result.labels.count == 4)
    #expect(result.probabilities(of: documents.count - 1).first == 0)
    #expect(notes.count { $0.hasPrefix("warning: all documents with the label astronomy") } == 1)
  }

  @Test("Too few documents, or a single label without a fold, are errors")
  func tooFew() throws {
    let few = Array(Self.documents().prefix(4))
    #expect(throws: CrossValidationError.self) { try Self.training(few).crossValidate() }
    let copies = (0..<9).map { CorpusDocument("the same text", label: $0 < 8 ? "a" : "b") }
    let error = #expect(throws: CrossValidationError.self) {
      try Self.training(copies).crossValidate(folds: 2)
    }
    #expect(error?.fact == .fewDocuments(1, folds: 2))
    let lonely = (0..<9).map { CorpusDocument("text \($0)", label: $0 < 8 ? "a" : "b") }
    let other = #expect(throws: CrossValidationError.self) {
      try Self.training(lonely).crossValidate(folds: 2)
    }
    #expect(other?.fact == .oneLabel("a"))
  }
}
