import Docket
import PipelineCore
import Testing

/// A stage of another package whose code has a mistake gives the documents that are affected an
/// error record with its name. The other documents are classified.
@Suite("Faulty stages")
struct FaultyStageTests {
  /// A model, with the faulty stages in place of its own.
  private static func pipeline(
    _ normalizer: FaultyNormalizer.Flaw? = nil, _ tokenizer: FaultyTokenizer.Flaw? = nil,
    model: (any ClassifierModel)? = nil
  ) throws -> TrainedPipeline {
    let sound = try TinyModel.linear.get()
    var description = sound.description
    if let normalizer { description.normalizers = [FaultyNormalizer { $0.flaw = normalizer }] }
    if let tokenizer { description.tokenizer = FaultyTokenizer { $0.flaw = tokenizer } }
    return TrainedPipeline(
      description: description, labels: sound.labels, model: model ?? sound.model,
      record: sound.record)
  }

  /// Classifies and explains three documents, and returns the error of the second, for which the
  /// stage makes its mistake.
  private static func error(of pipeline: TrainedPipeline) throws -> DocumentError {
    let documents = ["bread oven", "a fault here", "drum choir"].map { Array($0.utf8) }
    let results = pipeline.predict(documents, threads: 2)
    #expect(throws: Never.self) { try results[0].get() }
    #expect(throws: Never.self) { try results[2].get() }
    let error = #expect(throws: DocumentError.self) { try results[1].get() }
    let explanations = pipeline.explain(documents, threads: 2)
    #expect(explanations.map { (try? $0.get()) == nil } == [false, true, false])
    return try #require(error)
  }

  @Test(
    "A normalizer that returns something else than an aligned text is named in the error",
    arguments: [
      (
        .wrongStarts,
        "replace(with:starts:) requires one start per byte and one for the end: expected 2, found 1"
      ),
      (
        .longerInPlace,
        "replaceInPlace(with:) requires as many bytes as the text has: expected 12, found 13"
      ),
      (
        .otherSource,
        "expected a text that is aligned with the same 12 bytes of source; found one aligned with 26"
      ),
      (.brokenBytes, "init(source:) requires valid UTF-8"),
    ] as [(FaultyNormalizer.Flaw, String)])
  func normalizers(flaw: FaultyNormalizer.Flaw, reason: String) throws {
    let error = try Self.error(of: Self.pipeline(flaw))
    #expect(error.code == "invalid-stage-result")
    #expect(error.sentence == "faulty.v1 returned an invalid result: \(reason)")
  }

  @Test(
    "A tokenizer that returns ranges outside of the text is named in the error",
    arguments: [
      (.pastTheEnd, "the token at 2..<13 is not within the 12 bytes of the text"),
      (.negative, "the token at -1..<2 is not within the 12 bytes of the text"),
      (.empty, "the token at 3..<3 is empty"),
    ] as [(FaultyTokenizer.Flaw, String)])
  func tokenizers(flaw: FaultyTokenizer.Flaw, reason: String) throws {
    let error = try Self.error(of: Self.pipeline(nil, flaw))
    #expect(error.code == "invalid-stage-result")
    #expect(error.sentence == "faulty.v1 returned an invalid result: \(reason)")
  }

  @Test("A token may not begin within a code point")
  func withinCodePoint() throws {
    let results = try Self.pipeline(nil, .pastTheFirstByte)
      .predict([Array("\u{E9} fault".utf8)], threads: 1)
    let error = #expect(throws: DocumentError.self) { try results[0].get() }
    #expect(
      error?.sentence == "faulty.v1 returned an invalid result: the token at 1..<3 begins or ends "
        + "within a code point")
  }

  @Test(
    "A stage for batches that returns too few results gives every document of the batch an error")
  func batches() throws {
    var pipeline = try Self.pipeline()
    var description = pipeline.description
    description.normalizers = [ForgetfulNormalizer()]
    pipeline = TrainedPipeline(
      description: description, labels: pipeline.labels, model: pipeline.model,
      record: pipeline.record)
    let results = pipeline.predict([Array("bread".utf8), Array("drum".utf8)], threads: 1)
    for result in results {
      let error = #expect(throws: DocumentError.self) { try result.get() }
      #expect(
        error?.sentence == "forgetful.v1 returned an invalid result: expected 2 results, one per "
          + "document; found 1")
    }
  }

  @Test("A classifier that does not return one probability per label is named in the error")
  func classifiers() throws {
    let sound = try TinyModel.linear.get()
    let short = try Self.pipeline(model: FaultyModel(base: sound.model, flaw: .fewProbabilities))
    let error = try Self.error(of: short)
    #expect(error.code == "invalid-stage-result")
    #expect(
      error.sentence == "ngrams.v1 returned an invalid result: expected 3 probabilities, one per "
        + "label; found 2")

    let few = try Self.pipeline(model: FaultyModel(base: sound.model, flaw: .fewRows))
    let documents = ["bread", "drum"].map { Array($0.utf8) }
    for result in few.predict(documents, threads: 1) {
      #expect(throws: DocumentError.self) { try result.get() }
    }
    #expect(few.explain(documents, threads: 1).allSatisfy { (try? $0.get()) == nil })
  }

  @Test("A classifier that does not return one contribution per token is named in the error")
  func shares() throws {
    let sound = try TinyModel.linear.get()
    let pipeline = try Self.pipeline(model: FaultyModel(base: sound.model, flaw: .fewShares))
    let documents = [Array("bread oven".utf8)]
    #expect(throws: Never.self) { try pipeline.predict(documents, threads: 1)[0].get() }
    let error = #expect(throws: DocumentError.self) {
      try pipeline.explain(documents, threads: 1)[0].get()
    }
    #expect(
      error?.sentence == "ngrams.v1 returned an invalid result: expected 2 contributions, one per "
        + "token; found 1")
  }
}

/// A normalizer that makes a mistake in texts that contain `fault`.
struct FaultyNormalizer: Normalizer {
  enum Flaw: String, CaseIterable, Sendable {
    case wrongStarts, longerInPlace, otherSource, brokenBytes
  }
  struct Configuration: StageConfiguration {
    var flaw = Flaw.wrongStarts
    init() {}
    static var settings: [Setting<Self>] { [.choice("flaw", \.flaw, "deliberate fault")] }
  }

  static let stageName = "faulty.v1"
  static let summary = "has a deliberate fault"
  let configuration: Configuration

  init(configuration: Configuration) { self.configuration = configuration }

  func normalize(_ text: AlignedText) -> AlignedText {
    guard String(decoding: text.bytes, as: UTF8.self).contains("fault") else { return text }
    var result = text
    switch configuration.flaw {
    case .wrongStarts: result.replace(with: [0x61], starts: [0])
    case .longerInPlace: result.replaceInPlace(with: text.bytes + [0x61])
    case .otherSource: return AlignedText("a text without a map to it")
    case .brokenBytes: return AlignedText(source: [0xFF])
    }
    return result
  }
}

/// A tokenizer that makes a mistake in texts that contain `fault`.
struct FaultyTokenizer: Tokenizer {
  enum Flaw: String, CaseIterable, Sendable { case pastTheEnd, negative, empty, pastTheFirstByte }
  struct Configuration: StageConfiguration {
    var flaw = Flaw.pastTheEnd
    init() {}
    static var settings: [Setting<Self>] { [.choice("flaw", \.flaw, "deliberate fault")] }
  }

  static let stageName = "faulty.v1"
  static let summary = "has a deliberate fault"
  let configuration: Configuration

  init(configuration: Configuration) { self.configuration = configuration }

  func tokenize(_ text: AlignedText) -> TokenSequence {
    let tokens = WordTokenizer().tokenize(text)
    guard tokens.strings.contains("fault") else { return tokens }
    let range =
      switch configuration.flaw {
      case .pastTheEnd: 2..<text.bytes.count + 1
      case .negative: -1..<2
      case .empty: 3..<3
      case .pastTheFirstByte: 1..<3
      }
    return TokenSequence(text: text, ranges: [range])
  }
}

/// A normalizer that forgets the last text of a batch.
struct ForgetfulNormalizer: BatchNormalizer {
  static let stageName = "forgetful.v1"
  static let summary = "forgets the last text"
  let configuration: NoSettings

  init(configuration: NoSettings) { self.configuration = configuration }

  func normalize(batch texts: [AlignedText]) -> [Result<AlignedText, TextError>] {
    texts.dropLast().map { .success($0) }
  }
}

/// A classifier that makes a mistake.
struct FaultyModel: ClassifierModel {
  enum Flaw { case fewProbabilities, fewRows, fewShares }

  let base: any ClassifierModel
  let flaw: Flaw

  var embedding: EmbeddingTable? { base.embedding }
  var tensors: [NamedTensor] { base.tensors }
  var history: [EpochRecord] { base.history }

  func probabilities(of documents: [EncodedDocument], threads: Int) -> [[Float]] {
    let rows = base.probabilities(of: documents, threads: threads)
    switch flaw {
    case .fewProbabilities:
      return zip(documents, rows).map { $0.tokenCount == 3 ? Array($1.dropLast()) : $1 }
    case .fewRows: return Array(rows.dropLast())
    case .fewShares: return rows
    }
  }

  func shares(of document: EncodedDocument, for label: Int, threads: Int) -> TokenShares {
    var shares = base.shares(of: document, for: label, threads: threads)
    if flaw == .fewShares { shares.values.removeLast() }
    return shares
  }
}
