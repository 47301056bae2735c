import Docket
import TestSupport
import Testing

/// Duplicates in cross-validation.
@Suite("Duplicates in folds")
struct CrossValidationGroupsTests {
  private static func result(_ documents: [CorpusDocument]) throws -> CrossValidation {
    let pipeline = PipelineDescription(languages: [.en], classifier: NGramClassifier())
    var training = PipelineTraining(pipeline, threads: 2)
    training.documents = CorpusParts(training: try Corpus(documents: documents))
    return try training.crossValidate(folds: 6, repeats: 3)
  }

  @Test("Exact and near duplicates, also in chains and under other labels, are in one fold")
  func groups() throws {
    var documents = TinyCorpus.documents(90).map { CorpusDocument($0.text, label: Label($0.label)) }
    let start = documents.count
    // Each document differs from the previous one in one of 40 words, and the last differs from the
    // first in nine.
    var words = (0..<40).map { "word\($0)" }
    for number in 0..<10 {
      if number > 0 { words[4 * number] = "changed\(number)" }
      documents.append(
        CorpusDocument(words.joined(separator: " "), label: number % 2 == 0 ? "music" : "weather"))
    }
    let copy = String(decoding: documents[5].text, as: UTF8.self)
    documents.append(CorpusDocument(copy, label: "music"))
    documents.append(CorpusDocument("", label: "music"))
    documents.append(CorpusDocument("", label: "weather"))
    let result = try Self.result(documents)
    for repetition in result.repetitions {
      #expect(Set(repetition.folds[start..<start + 10]).count == 1)
      #expect(repetition.folds[start + 10] == repetition.folds[5])
    }
    #expect(result.duplicates.groups == 2 && result.duplicates.documents == 12)
  }

  @Test("Documents that share fewer than four in five runs of words are not kept together")
  func different() throws {
    let result = try Self.result(
      TinyCorpus.documents(90).map { CorpusDocument($0.text, label: Label($0.label)) })
    #expect(result.duplicates.groups == 0 && result.duplicates.documents == 0)
  }
}
