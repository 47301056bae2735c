import Corpora
import FileAccess
import Messages
public import PipelineCore
import PipelineFiles

/// What a vector file covers of a corpus as the pipeline prepares it, and whether another way to
/// prepare it would cover more.
public struct CoverageFinding: Sendable {
  /// Another way to prepare text.
  public struct Other: Sendable {
    /// What to set, such as `zwnj: join` and `language: fa`.
    public var settings: [String]
    /// The share of covered tokens, on a sample.
    public var share: Double
  }

  /// As the pipeline prepares text.
  public let own: VectorCoverage
  /// As the best of all ways that were tried prepares it; `nil` when that is the pipeline's own.
  public let best: (settings: [String], coverage: VectorCoverage)?
  /// All ways that were tried, the pipeline's own first.
  public let tried: [Other]
  /// The labels of the corpus: `classes` of a coverage go by their numbers.
  public let labels: LabelSet
  /// The best way.
  let variant: TextVariant

  /// What the vectors of `description` cover; `nil` for a pipeline without a file of vectors.
  ///
  /// - Parameter corpus: the training documents.
  /// - Throws: what is wrong with the file.
  init?(
    _ description: PipelineDescription, corpus: Corpus, threads: Int
  ) throws {
    guard let words = try description.embedding?.words(normalize: { $0 }) else { return nil }
    let labels = corpus.labels
    let search = CoverageSearch(
      corpus.documents, labels: labels, words: words, limits: description.limits, threads: threads)
    let pipeline = TextVariant(
      settings: [], normalizers: description.normalizers, tokenizer: description.tokenizer)
    let (trials, variant) = search.run(from: pipeline)
    own = search.coverage(preparedBy: pipeline)
    best =
      variant.settings.isEmpty
      ? nil : (variant.settings, search.coverage(preparedBy: variant))
    tried = trials.map { Other(settings: $0.variant.settings, share: $0.share) }
    self.labels = labels
    self.variant = variant
  }

  /// `coverage 61.00 % -> 93.00 % with zwnj: join, language: fa`, or the coverage alone.
  public var sentence: String {
    guard let best else { return "coverage \(NumberFormat.percent(own.tokens.share))" }
    let shares = [own, best.coverage].map { NumberFormat.percent($0.tokens.share) }
    return "coverage \(shares[0]) -> \(shares[1]) with \(best.settings.joined(separator: ", "))"
  }

  /// What is covered in the best way, in words.
  var inWords: String {
    let coverage = best?.coverage ?? own
    return "\(NumberFormat.percent(coverage.tokens.share)) of tokens and "
      + "\(NumberFormat.percent(coverage.types.share)) of different words"
  }
}

extension CoverageFinding {
  /// For people: of the way that is in force.
  ///
  /// - Parameter isTaken: whether that is the best one.
  func lines(isTaken: Bool) -> [String] {
    let coverage = isTaken ? best?.coverage ?? own : own
    var lines = [
      "coverage: \(NumberFormat.percent(coverage.tokens.share)) of "
        + "\(NumberFormat.integer(coverage.tokens.total)) tokens, "
        + "\(NumberFormat.percent(coverage.types.share)) of "
        + "\(NumberFormat.integer(coverage.types.total)) different words"
    ]
    let classes = labels.labels.enumerated().prefix(50).map { number, label in
      "\(QuotedText.quote(label.bytes)) \(NumberFormat.percent(coverage.classes[number].share))"
    }
    lines.append("  by label: " + classes.joined(separator: ", "))
    let missing = coverage.uncovered.prefix(10).map {
      "\(QuotedText.quote($0.word)) \(NumberFormat.integer($0.count))"
    }
    if !missing.isEmpty {
      lines.append("  most frequent without a vector: " + missing.joined(separator: ", "))
    }
    if tried.count > 1 {
      lines.append(
        "  tried \(NumberFormat.count(tried.count - 1, "other way", "other ways")) to prepare text; best: "
          + sentence)
    }
    return lines
  }

  /// For scripts.
  var json: JSONValue {
    .members([
      "own": Self.json(own, labels),
      "best": best.map { best in
        .members([
          "settings": .array(best.settings.map { .string($0) }),
          "coverage": Self.json(best.coverage, labels),
        ])
      } ?? .null,
      "tried": .array(
        tried.map { other in
          .members([
            "settings": .array(other.settings.map { .string($0) }),
            "share": .decimal(other.share),
          ])
        }),
      "summary": .string(sentence),
    ])
  }

  private static func json(_ coverage: VectorCoverage, _ labels: LabelSet) -> JSONValue {
    .members([
      "tokens": json(coverage.tokens), "types": json(coverage.types),
      "labels": .array(
        labels.labels.enumerated().map { number, label in
          .members([
            "label": .string("\(label)"), "tokens": json(coverage.classes[number]),
          ])
        }),
      "uncovered": .array(
        coverage.uncovered.map { entry in
          .members([
            "word": .string(String(decoding: entry.word, as: UTF8.self)),
            "count": .integer(entry.count),
          ])
        }),
    ])
  }

  private static func json(_ part: VectorCoverage.Part) -> JSONValue {
    .members([
      "covered": .integer(part.covered), "total": .integer(part.total),
      "share": .decimal(part.share),
    ])
  }
}

extension CoverageFinding {
  /// Vectors that cover less than this are hardly for this language.
  private static let leastShare = 0.25

  /// What the figures mean.
  ///
  /// - Parameter isTaken: whether the best way is the pipeline's.
  func findings(isTaken: Bool) -> [Finding] {
    let inForce = isTaken ? best?.coverage ?? own : own
    var findings: [Finding] = []
    if inForce.tokens.share < Self.leastShare {
      findings.append(
        Finding(
          .fault, "few-vectors",
          "the vectors cover \(NumberFormat.percent(inForce.tokens.share)) of the tokens: are they for "
            + "this language, and are their words written as the tokens are?"))
    }
    guard best != nil else { return findings }
    findings.append(
      isTaken
        ? Finding(.note, "coverage", "\(sentence), as normalize: auto chose")
        : Finding(.warning, "coverage", "\(sentence); set these, or write normalize: auto"))
    return findings
  }
}
