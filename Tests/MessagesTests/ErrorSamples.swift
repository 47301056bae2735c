import Classifiers
import Corpora
import Docket
import Embeddings
import ExternalStages
import FileAccess
import Models
import PipelineCore
import Reports

/// One sample of each error case, in the order of the targets.
enum ErrorSamples {
  /// The messages of all samples.
  static var messages: [Message] {
    let errors: [[any DiagnosableError]] = [
      configurations, files, json, vectors, foreignFormats, vectorWritings, vectorQueries, encoders,
      corpora, evaluations, documents,
      models, checkpoints, continuations, records, heldOut, vectorRuns, trainingData,
      crossValidation, resources, wrongFiles, programs, registries, processes,
    ]
    return errors.joined().map(Message.init) + tensors + warnings + [diverged]
  }

  private static let file = InputPosition.file("file")

  private static var processes: [any DiagnosableError] {
    let facts: [ProcessGroupFact] = [
      .otherInputs(rank: 2), .otherWeights(rank: 1, epoch: 3), .lost(rank: 1),
      .failed(operation: "MPI_Recv", reason: "MPI_ERR_PROC_FAILED"),
    ]
    return facts.map { ProcessGroupError($0, at: nil) }
  }

  private static var registries: [any DiagnosableError] {
    let fact = RegistryFact.duplicateName(
      "words.v1", kind: "tokenizer", first: "Tokenization.WordTokenizer",
      second: "News.WordTokenizer")
    let again = RegistryFact.duplicateName(
      "words.v1", kind: "tokenizer", first: "Tokenization.WordTokenizer",
      second: "Tokenization.WordTokenizer")
    return [RegistryError(fact, at: nil), RegistryError(again, at: nil)]
  }

  private static var configurations: [any DiagnosableError] {
    let facts: [ConfigurationError.Fact] = [
      .syntax("expected the end of the list"),
      .unsupported("anchors", advice: "repeat the value instead"),
      .duplicateKey(key: "epochs", lines: [3, 9]), .unknownFormat(found: "2", newest: 1),
      .unknownKey(owner: "training", key: "epoch", known: ["epochs", "batch"]),
      .unknownKey(owner: "training", key: "colour", known: ["epochs", "batch"]),
      .missingKey(owner: "word2vec.v1", key: "vectors"),
      .wrongType(key: "epochs", expected: "a whole number", found: "\"many\""),
      .outOfRange(key: "epochs", value: "0", allowed: "at least 1"),
      .unknownChoice(key: "pooling", value: "maxx", known: ["max", "mean"]),
      .unknownStage(role: "tokenizer", name: "word.v1", known: ["words.v1"], otherRole: nil),
      .unknownStage(
        role: "tokenizer", name: "turkish.v1", known: ["words.v1"], otherRole: "normalizer"),
      .missingFile(key: "vectors", path: "vectors.txt"),
      .unusableFile(
        key: "vectors", path: "vectors.txt", reason: "expected a regular file, found a folder"),
      .programNotAllowed(stage: "process.v1"),
      .unusableProgram(stage: "process.v1", reason: "the program \"segment\" does not exist"),
      .conflict("minCount is not used with vectors"),
    ]
    return facts.map { ConfigurationError($0, at: file) }
  }

  private static var files: [any DiagnosableError] {
    let facts: [FileError.Fact] = [
      .missing, .unreadable("Permission denied (errno 13)"), .notRegular("a folder"),
      .tooLarge(size: 2048, limit: 1024), .changedWhileReading,
      .readFailed("Input/output error (errno 5)"), .gzipDamaged("incorrect data check"),
      .gzipTruncated, .gzipTrailingBytes, .gzipExpandsBeyond(limit: 16_777_216),
      .cannotCreate("Permission denied (errno 13)"), .inUse(process: nil), .inUse(process: 4711),
      .writeFailed("No space left on device (errno 28)"),
      .streamWriteFailed("No space left on device (errno 28)"),
      .syncFailed("Input/output error (errno 5)"), .closedPipe, .unknownEncoding("koi8-r"),
    ]
    return facts.map { FileError($0, in: "file") }
  }

  private static var json: [any DiagnosableError] {
    let facts: [JSONError.Fact] = [
      .empty, .unexpectedEnd(expected: "a value"),
      .unexpected(found: "\"x\"", expected: "a comma or ]"), .trailingComma, .notANumber("NaN"),
      .duplicateKey("label"), .loneSurrogate("\\uD800"), .badEscape, .controlCharacter(9),
      .tooDeep(limit: 64), .tooMany(limit: 2_097_152), .trailingText, .invalidUTF8,
    ]
    return facts.map { JSONError($0, byte: 0, at: file) }
  }

  private static var vectors: [any DiagnosableError] {
    let facts: [VectorFileError.Fact] = [
      .empty, .badHeader(found: "2 x"),
      .headerOutOfRange(what: "dimensions", found: "0", limit: 65_536),
      .headerTooLarge(declared: 1_000_000, dimensions: 300, size: 4096), .notVectors,
      .wrongFormat(set: .text, found: .binary), .sparse,
      .wrongValueCount(expected: 300, found: 299, mayBeHeaderless: false),
      .wrongValueCount(expected: 300, found: 299, mayBeHeaderless: true), .blankLine,
      .lineTooLong(bytes: 9999, limit: 4096), .wordTooLong(limit: 1024), .notANumber("1,5"),
      .notFinite("inf"), .controlByteInWord(7, row: 3), .spaceInWord("new york", row: 3),
      .truncated(row: 3, word: "oslo"), .truncated(row: 3, word: ""),
      .trailingBytes(declared: 3), .tableSize(expected: 4096, found: 4095), .tableWord(row: 3),
      .countMismatch(declared: 3, found: 2), .tooManyRows(limit: 10_000_000),
      .noCorpusWord(rows: 3), .otherNumbers(BinaryNumbers(bits: 32, isBigEndian: true)),
      .otherNumbers(BinaryNumbers(bits: 64, isBigEndian: false)),
      .headerSwapped(words: 1000, dimensions: 300), .beyondFloat16("70000"),
    ]
    return facts.map { VectorFileError($0, at: file) }
  }

  private static var foreignFormats: [any DiagnosableError] {
    ForeignFormat.allCases.map { VectorFileError(.foreignFormat($0), at: file) }
  }

  private static var vectorWritings: [any DiagnosableError] {
    let facts: [VectorWritingError.Fact] = [
      .noWords, .spaceInWord("new york"), .compressedTable, .looksLikeHeader,
    ]
    return facts.map { VectorWritingError($0, at: file) }
  }

  private static var vectorQueries: [any DiagnosableError] {
    [VectorQueryError(.unknownWord("oslo"), at: .option("--word"))]
  }

  private static var encoders: [any DiagnosableError] {
    let facts: [EncoderError.Fact] = [
      .noLayers(tensors: ["a", "b", "c", "d", "e", "f"]),
      .severalNetworks(["a.weight_ih_l0", "b.weight_ih_l0"]), .unusualLayers([8, 4], [8, 3]),
      .otherLayers(found: "one layer of 8 units", wanted: "two layers of 8 units"),
    ]
    return facts.map { EncoderError($0, at: .file("file")) }
  }

  private static var corpora: [any DiagnosableError] {
    let facts: [CorpusError.Fact] = [
      .empty, .notInFile, .oneLabel(Label("sport")), .unknownFormat, .folderAsFile(format: "csv"),
      .labelledFile(format: "tsv"), .fileAsFolder, .nameNotUTF8, .invalidUTF8, .invalidText, .nulByte,
      .nulEscape, .loneCarriageReturn,
      .documentTooLong(limit: 1024), .rowTooLong(limit: 1024, isQuoted: false),
      .rowTooLong(limit: 1024, isQuoted: true),
      .blankLine, .noTab, .columns(expected: 2, found: 3), .tooManyColumns(limit: 1000),
      .missingColumn("label", found: ["class", "text"], labelLike: ["class"], textLike: []),
      .columnsReversed, .columnTwice("label"), .unclosedQuote, .textAfterQuote, .quoteInField,
      .notAnObject(found: "a string"), .missingMember("label", found: ["class", "text"]),
      .missingMember("meta.label", found: ["meta", "text"]),
      .severalLabels("label"), .badArray("expected a comma"), .otherEncoding("windows-1254"),
      .undecodable("windows-1254"), .foreignFile(.pdf),
      .wrongMember("label", expected: "a string", found: "a number"), .missingLabel, .missingText,
      .twoLabels, .emptyLabel, .labelTooLong(byteCount: 2000, limit: 1024),
      .labelWithControl(Label("a\tb")),
      .unknownLabel(Label("sports"), known: LabelSet([Label("news"), Label("sport")])),
      .tooManyLabels(limit: 1000), .tooManyDocuments(limit: 10_000),
    ]
    return facts.map { CorpusError($0, at: file) }
  }

  private static var evaluations: [any DiagnosableError] {
    let scores = [.empty, .notFinite(document: 2)].map { EvaluationError($0, at: nil) }
    let predictions: [PredictionFact] = [
      .emptyLabel, .missingProbability, .badProbability("2"), .repeatedLabel(Label("sport")),
      .noKnownLabel(first: Label("The storm hit the coast")), .tooMany(documents: 1_000),
      .tooFew(lines: 3, documents: 7_600),
    ]
    return scores + predictions.map { PredictionError($0, at: file) }
  }

  private static var documents: [any DiagnosableError] {
    let facts: [DocumentError.Fact] = [
      .invalidUTF8(byte: 3), .otherEncoding("windows-1254", byte: 3), .tooLong(limit: 1024),
      .invalidUTF8InLine(byte: 3, likely: nil), .invalidUTF8InLine(byte: 3, likely: "windows-1254"),
      .nulByte(3), .nestedText("meta.text"),
      .invalidJSON(JSONError(.empty, byte: 0, at: file)),
      .notAnObject(member: "text", found: "a string"), .missingText("text", found: []),
      .missingText("metin", found: ["id", "text"]), .missingText("text", found: ["id", "body"]),
      .wrongMember("id", expected: "a string or a number", found: "an array"),
      .unprocessable(TextError(stage: "mine.v1", reason: "the text is too long")),
      .unprocessable(.invalidResult(of: "mine.v1", "the token at 3..<9 is not within the text")),
      .scoreNotFinite,
    ]
    return facts.map { DocumentError($0, at: file) }
  }

  private static var programs: [any DiagnosableError] {
    let facts: [ProgramFact] = [
      .notAllowed, .missing(isPath: true), .missing(isPath: false), .fileMissing("words.txt"),
      .notStarted("Permission denied (errno 13)"),
      .wrongGreeting(expected: "{\"protocol\":1,...}", found: "\"hello\""),
      .greetingRefused(reason: "no setting \"size\""),
      .ended(how: "ended with exit code 1", lastLine: "no such file"),
      .ended(how: "was killed by signal 9", lastLine: ""), .timedOut(seconds: 30),
      .notJSON(found: "\"oh no\""), .wrongAnswer(expected: "\"tokens\"", found: "\"id\""),
      .outOfOrder, .tooLong(limit: 65_536), .rejected(reason: "the text is too long"),
    ]
    return facts.map { ProgramError($0, of: "segment.py") }
  }

  private static var models: [any DiagnosableError] {
    let facts: [ModelError.Fact] = [
      .otherFormat(found: "a zip archive", expected: "a model"), .damaged("the header is too long"),
      .wrongChecksum,
      .foreign(tensors: ["a", "b", "c", "d", "e", "f"]), .newer("format 2.0"),
      .missingStage("shout.v1"), .inconsistent("there are 3 labels and 2 biases"),
      .notFinite(tensor: "embedding.weight"), .beyondFloat16(tensor: "classifier.bias"),
      .lostPrecision(from: .int8, to: .float32),
      .programChanged(path: "segment.py"),
    ]
    return facts.map { ModelError($0, at: file) }
  }

  private static var checkpoints: [any DiagnosableError] {
    let facts: [CheckpointError.Fact] = [
      .otherTraining(["seed was 1, but is now 2"]), .allDamaged(["1.checkpoint: too short"]),
      .unfit("embedding.weight is missing"),
    ]
    return facts.map { CheckpointError($0, at: file) }
  }

  private static var heldOut: [any DiagnosableError] {
    let facts: [HeldOutFact] = [
      .none, .missing(model: "model.docket"), .changed(recorded: "0a1b", found: "2c3d"),
    ]
    return facts.map { HeldOutError($0, at: file) }
  }

  private static var continuations: [any DiagnosableError] {
    let facts: [ContinuedTrainingError.Fact] = [
      .otherPipeline(["tokenizer was words.v1, but is now characters.v1"]),
      .unsupported(classifier: "own.v1"), .otherCorpus(recorded: "0a1b", found: "2c3d"),
      .notRepeatable(overrides: ["training.epochs=3"]),
    ]
    return facts.map { ContinuedTrainingError($0, at: file) }
  }

  private static var records: [any DiagnosableError] {
    let facts: [RecordError.Fact] = [
      .changed(.trainingCorpus, recorded: "0a1b", found: "2c3d"),
      .changed(.validationCorpus, recorded: "0a1b", found: ""),
      .changed(.unlabelledDocuments, recorded: "0a1b", found: "2c3d"),
      .changed(.startingWeights, recorded: "0a1b", found: "2c3d"),
      .changed(.vectors, recorded: "0a1b", found: "2c3d"),
    ]
    return facts.map { RecordError($0, at: file) }
  }

  private static var trainingData: [any DiagnosableError] {
    let facts: [TrainingDataFact] = [.noTokens, .noWords, .noTest, .emptyTestShare(0.1)]
    return facts.map { TrainingDataError($0, at: file) }
  }

  private static var crossValidation: [any DiagnosableError] {
    let facts: [CrossValidationFact] = [.fewDocuments(4, folds: 5), .oneLabel("sports")]
    let searches: [TuningError.Fact] = [
      .noValidation(0.01), .otherSearch, .invalidLog, .noSettings(classifier: "own.v1"),
    ]
    return facts.map { CrossValidationError($0, at: file) }
      + searches.map { TuningError($0, at: file) }
  }

  private static var vectorRuns: [any DiagnosableError] {
    [VectorsRunError(.noWords(minCount: 5), at: file)]
  }

  private static var wrongFiles: [any DiagnosableError] {
    let found: [(FileKind, WrongFileFact.Expectation)] = [
      (.model, .pipeline), (.model, .corpus), (.pipeline, .corpus), (.pipeline, .model),
      (.corpus(.tsv), .pipeline), (.corpus(.folder), .model),
    ]
    return found.map {
      WrongFileError(.wrongKind($0.0, expected: $0.1, path: "file"), at: file)
    }
  }

  private static var resources: [any DiagnosableError] {
    let purpose = "a network of 16 layers"
    return [
      MemoryError(.notEnough(purpose: purpose, needed: 3e10, available: 1e9), at: file),
      MemoryError(.notEnough(purpose: purpose, needed: 3e10, available: nil), at: file),
      NGramError(.noFeatures(minCount: 2), at: file),
    ]
  }

  private static var tensors: [Message] {
    let errors: [TensorError] = [
      .missing("bias"), .wrongShape("bias", expected: [8], found: [4]),
      .invalid("keys", "row 3 is not a number"),
    ]
    return errors.map { Message(code: "-", kind: "detail", sentence: $0.sentence) }
  }

  private static var warnings: [Message] {
    CorpusWarning.Kind.allCases.map { kind in
      var warning = CorpusWarning(kind)
      for label in ["news", "sport"] { warning.note(file, labels: [Label(label)]) }
      return Message(code: kind.rawValue, kind: "warning", sentence: warning.sentence)
    }
  }

  private static var diverged: Message {
    let error = DivergedTraining(
      divergence: Divergence(
        epoch: 2, step: 3, loss: .nan, gradientNorm: 1, documents: [0, 1], rateScale: 0.125),
      places: [.line("train.tsv", 1, column: nil)], learningRate: 0.01)
    return Message(error)
  }
}
