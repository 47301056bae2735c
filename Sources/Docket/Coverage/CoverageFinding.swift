import Corpora
import FileAccess
import Messages
public import PipelineCore
import PipelineFiles

/// How well a vector file covers a corpus with the pipeline's own text preparation, and with the
/// best one that was tried.
public struct CoverageFinding: Sendable {
  /// A text preparation that was tried.
  public struct Trial: Sendable {
    /// The settings that differ from the pipeline, such as `zwnj: join` and `language: fa`.
    public var settings: [String]
    /// The share of covered tokens, from 0 to 1, on a sample.
    public var share: Double
  }

  /// The coverage with the pipeline's own text preparation.
  public let own: VectorCoverage
  /// The best text preparation and its coverage; `nil` if the pipeline's own is the best.
  public let best: (settings: [String], coverage: VectorCoverage)?
  /// All trials, the pipeline's own text preparation first.
  public let tried: [Trial]
  /// The labels of the corpus, in the order of `VectorCoverage.classes`.
  public let labels: LabelSet
  /// The best text preparation.
  let variant: TextVariant

  /// Measures the coverage of a pipeline; `nil` if it has no vector file.
  ///
  /// - Parameter corpus: the training documents.
  /// - Throws: any error from the vector file.
  init?(
    _ description: PipelineDescription, corpus: Corpus, threads: Int
  ) throws {
    guard let search = try CoverageSearch(description, corpus: corpus, threads: threads) else {
      return nil
    }
    self.init(description, by: search)
  }

  /// Measures the coverage of a pipeline with an existing search.
  init(_ description: PipelineDescription, by search: CoverageSearch) {
    let pipeline = TextVariant(
      settings: [], normalizers: description.normalizers, tokenizer: description.tokenizer)
    let (candidates, variant) = search.run(from: pipeline)
    own = search.coverage(preparedBy: pipeline)
    best =
      variant.settings.isEmpty
      ? nil : (variant.settings, search.coverage(preparedBy: variant))
    tried = candidates.map { Trial(settings: $0.variant.settings, share: $0.share) }
    labels = search.labels
    self.variant = variant
  }

  /// Returns the coverage with the best text preparation if `usesBest`, otherwise with the
  /// pipeline's own.
  func coverage(usesBest: Bool) -> VectorCoverage { usesBest ? best?.coverage ?? own : own }

  /// The result in words, such as `coverage 61.00 % -> 93.00 % with zwnj: join, language: fa`; only
  /// the coverage if the pipeline's own text preparation is the best.
  public var sentence: String {
    guard let best else { return "coverage \(NumberFormat.percent(own.tokens.share))" }
    let shares = [own, best.coverage].map { NumberFormat.percent($0.tokens.share) }
    return "coverage \(shares[0]) -> \(shares[1]) with \(best.settings.joined(separator: ", "))"
  }

  /// The coverage with the best text preparation, as a phrase.
  var phrase: String {
    let coverage = coverage(usesBest: true)
    return "\(NumberFormat.percent(coverage.tokens.share)) of tokens and "
      + "\(NumberFormat.percent(coverage.types.share)) of distinct words"
  }
}

// MARK: - Findings

extension CoverageFinding {
  /// The share of covered tokens below which the vectors are probably for a different language.
  private static let leastShare = 0.25

  /// Returns problems with the coverage.
  ///
  /// - Parameter usesBest: whether the pipeline uses the best text preparation.
  func findings(usesBest: Bool) -> [Finding] {
    let share = coverage(usesBest: usesBest).tokens.share
    var findings: [Finding] = []
    if share < Self.leastShare {
      findings.append(
        Finding(
          .fault, "few-vectors",
          "the vectors cover only \(NumberFormat.percent(share)) of the tokens; check that they "
            + "are for this language and use the same case and spelling as the tokens"))
    }
    guard best != nil else { return findings }
    findings.append(
      usesBest
        ? Finding(.note, "coverage", "\(sentence), chosen by normalize: auto")
        : Finding(
          .warning, "coverage", "\(sentence); apply these settings or use normalize: auto"))
    return findings
  }
}

// MARK: - As text and as JSON

extension CoverageFinding {
  /// Returns the coverage as lines of text.
  ///
  /// - Parameter usesBest: whether the pipeline uses the best text preparation.
  func lines(usesBest: Bool) -> [String] {
    let coverage = coverage(usesBest: usesBest)
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
      let others = NumberFormat.count(
        tried.count - 1, "other way to prepare the text", "other ways to prepare the text")
      lines.append("  tried \(others); best: \(sentence)")
    }
    return lines
  }

  /// The coverage as JSON.
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
        tried.map { trial in
          .members([
            "settings": .array(trial.settings.map { .string($0) }),
            "share": .decimal(trial.share),
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

  private static func json(_ ratio: VectorCoverage.Ratio) -> JSONValue {
    .members([
      "covered": .integer(ratio.covered), "total": .integer(ratio.total),
      "share": .decimal(ratio.share),
    ])
  }
}
