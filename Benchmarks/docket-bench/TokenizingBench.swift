import ArgumentParser
import Docket
import FileAccess
import PipelineCore
import Tokenization

/// Times normalizers and tokenizers on whole corpora; `text.py` compares them with Hugging Face's
/// tokenizers.
struct TokenizingBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize", abstract: "Times normalizers and tokenizer on a corpus, in MB/s.")

  @Argument(help: "label<TAB>text lines, plain or .gz.") var corpus: String
  @Option(help: "The language whose stages are measured.") var language = "auto"
  @Option var threads = 1
  @Option(help: "Runs, of which the fastest counts.") var runs = 5

  func run() throws {
    let documents = try Corpus.read([corpus], format: .tsv).documents
    let description = try PipelineDescription.parse(
      "docket: 1\nclassifier: ngrams.v1\nlanguage: \(language)", name: "--language",
      stages: .builtIn, requireFiles: false)
    let (decided, finding) = description.decidingLanguage(on: documents, threads: 1)
    let preparation = TextPreparation(decided)
    let texts = documents.map(\.text)
    var tokens = 0
    var seconds = Double.infinity
    let clock = ContinuousClock()
    for _ in 0..<runs {
      let started = clock.now
      let prepared = preparation.prepare(texts, threads: threads)
      seconds = min(seconds, (clock.now - started).inSeconds)
      tokens = prepared.reduce(0) { $0 + ((try? $1.get().tokens.count) ?? 0) }
    }
    let bytes = texts.reduce(0) { $0 + $1.count }
    try report([
      "bench": .string("tokenize"), "corpus": .string(corpus), "threads": .integer(threads),
      "stages": .string(finding.stages.joined(separator: " ")), "documents": .integer(texts.count),
      "tokens": .integer(tokens), "megabytes": rounded(Double(bytes) / 1e6),
      "mb_per_s": rounded(Double(bytes) / 1e6 / seconds),
    ])
  }
}
