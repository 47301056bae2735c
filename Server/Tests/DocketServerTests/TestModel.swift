import Docket
import Foundation
import Synchronization

/// Results from several threads.
final class Collected<Value: Sendable>: Sendable {
  private let values = Mutex<[(Int, Value)]>([])

  func add(_ number: Int, _ value: Value) { values.withLock { $0.append((number, value)) } }

  /// The values in the order of their numbers.
  var sorted: [Value] { values.withLock { $0.sorted { $0.0 < $1.0 }.map(\.1) } }
}

/// Small models that all tests share.
enum TestModel {
  private static let words = [
    "music": ["violin", "choir", "opera", "melody", "orchestra", "piano"],
    "sports": ["goal", "match", "referee", "league", "stadium", "coach"],
    "food": ["bread", "soup", "kitchen", "recipe", "butter", "oven"],
  ]

  /// Returns text number `number` and its label.
  static func document(_ number: Int) -> (label: String, text: String) {
    let label = ["music", "sports", "food"][number % 3]
    let words = words[label] ?? []
    let chosen = (0..<6).map { place in
      place % 2 == 0 ? words[(number / 3 + place * 5) % 6] : "word\((number * 7 + place) % 23)"
    }
    return (label, chosen.joined(separator: " "))
  }

  /// Documents as JSON lines, some of them without an id, broken or odd.
  static func lines(_ count: Int) -> String {
    (0..<count).map { number in
      let text = document(number).text
      return switch number % 10 {
      case 3: #"{"text":"\#(text)"}"#
      case 4: #"{"id":1.50,"text":""}"#
      case 5: #"{"id":"سلام","text":"سلام دنیا \#(text)","other":[1,2]}"#
      case 6: "{\"id\":\(number),"
      case 7: #"["text"]"#
      case 8: #"{"id":"a\u0000b","text":"nul \u0000 byte"}"#
      default: #"{"id":"d\#(number)","text":"\#(text)"}"#
      }
    }.joined(separator: "\n") + "\n"
  }

  private static let firstTask = Task { try await train("first", seed: 1) }
  private static let secondTask = Task { try await train("second", seed: 2) }
  private static let folder = try? TestFolder()

  /// The path of a model.
  static var first: String { get async throws { try await firstTask.value } }
  /// The path of a model with other weights.
  static var second: String { get async throws { try await secondTask.value } }

  private static func train(_ name: String, seed: Int) async throws -> String {
    guard let folder else { throw TestServer.Fault(text: "no folder") }
    let documents = (0..<120).map {
      CorpusDocument(document($0).text, label: Label(document($0).label))
    }
    var pipeline = PipelineDescription(
      normalizers: [UnicodeNormalizer { $0.fold = true }], tokenizer: WordTokenizer(),
      embedding: [RandomEmbedding { $0.dimensions = 8 }],
      classifier: BiLSTMClassifier {
        $0.hidden = 8
        $0.ngrams = 0
      })
    pipeline.training.epochs = 3
    pipeline.training.batch = 8
    pipeline.training.shard = 4
    pipeline.training.patience = 0
    pipeline.training.seed = seed
    pipeline.training.learningRate = 0.02
    let path = "\(folder.path)/\(name).docket"
    try await pipeline.train(on: Corpus(documents: documents)).write(to: path)
    return path
  }
}
