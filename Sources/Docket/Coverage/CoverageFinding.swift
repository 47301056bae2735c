import Corpora
import FileAccess
import Messages
public import PipelineCore
import PipelineFiles

/// The coverage of a corpus by a vector file, and the settings that would increase it.
public struct CoverageFinding: Sendable {
  /// A variant that was tried.
  public struct Other: Sendable {
    /// The settings that differ from the pipeline, such as `zwnj: join` and `language: fa`.
    public var settings: [String]
    /// The share of covered tokens in a sample.
    public var share: Double
  }

  /// The coverage by the pipeline's own settings.
  public let own: VectorCoverage
  /// The best variant and its coverage; `nil` when it is the pipeline itself.
  public let best: (settings: [String], coverage: VectorCoverage)?
  /// All variants that were tried, the pipeline itself first.
  public let tried: [Other]
  /// The labels of the corpus, which index `classes` of a coverage.
  public let labels: LabelSet
  /// The best variant.
  let variant: TextVariant

  /// Measures the coverage of a corpus; `nil` for a pipeline without a vector file.
  ///
  /// - Parameter corpus: the training documents.
  /// - Throws: a `DiagnosableError` for an invalid vector file.
  init?(
    _ description: PipelineDescription, corpus: Corpus, threads: Int
  ) throws {
    guard let words = try description.embedding?.words(normalize: { $0 }) else { return nil }
    let labels = corpus.labels
    let search = CoverageSearch(
      corpus.documents, labels: labels, words: words, limits: description.limits,
      stages: description.stages, threads: threads)
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

  /// The coverage and the best variant, such as
  /// `coverage 61.00 % -> 93.00 % with zwnj: join, language: fa`.
  public var sentence: String {
    guard let best else { return "coverage \(NumberFormat.percent(own.tokens.share))" }
    let shares = [own, best.coverage].map { NumberFormat.percent($0.tokens.share) }
    return "coverage \(shares[0]) -> \(shares[1]) with \(best.settings.joined(separator: ", "))"
  }

  /// The coverage by the best variant, in words.
  var inWords: String {
    let coverage = best?.coverage ?? own
    return "\(NumberFormat.percent(coverage.tokens.share)) of tokens and "
      + "\(NumberFormat.percent(coverage.types.share)) of distinct words"
  }
}

extension CoverageFinding {
  /// The lines of the text output, for the settings in force.
  ///
  /// - Parameter isTaken: whether the best variant is in force.
  func lines(isTaken: Bool) -> [String] {
    let coverage = isTaken ? best?.coverage ?? own : own
    var lines = [
      "coverage: \(NumberFormat.percent(coverage.tokens.share)) of "
        + "\(NumberFormat.integer(coverage.tokens.total)) tokens, "
        + "\(NumberFormat.percent(coverage.types.share)) of "
        + "\(NumberFormat.integer(coverage.types.total)) distinct words"
    ]
    let classes = labels.labels.enumerated().prefix(50).map { number, label in
      "\(QuotedText.quote(label.bytes)) \(NumberFormat.percent(coverage.classes[number].share))"
    }
    lines.append("  by label: " + classes.joined(separator: ", "))
    let missing = coverage.uncovered.prefix(10).map {
      "\(QuotedText.quote($0.word)) \(NumberFormat.integer($0.count))"
    }
    if !missing.isEmpty {
      lines.append("  most frequent words without a vector: " + missing.joined(separator: ", "))
    }
    if tried.count > 1 {
      lines.append(
        "  tried \(NumberFormat.count(tried.count - 1, "variant", "variants")) of text "
          + "preparation; best: \(sentence)")
    }
    return lines
  }

  /// The JSON output.
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
  /// The coverage below which the vectors are probably for another language.
  private static let leastShare = 0.25

  /// The findings of `docket check`.
  ///
  /// - Parameter isTaken: whether the best variant is in force.
  func findings(isTaken: Bool) -> [Finding] {
    let inForce = isTaken ? best?.coverage ?? own : own
    var findings: [Finding] = []
    if inForce.tokens.share < Self.leastShare {
      findings.append(
        Finding(
          .fault, "few-vectors",
          "the vectors cover only \(NumberFormat.percent(inForce.tokens.share)) of the tokens; "
            + "check that they are for this language and that their words are spelled like the tokens"
        ))
    }
    guard best != nil else { return findings }
    findings.append(
      isTaken
        ? Finding(.note, "coverage", "\(sentence), chosen by normalize: auto")
        : Finding(
          .warning, "coverage", "\(sentence); use these settings or set normalize: auto"))
    return findings
  }
}
