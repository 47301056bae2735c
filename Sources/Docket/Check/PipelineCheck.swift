import Corpora
public import FileAccess
public import Messages
import Models
public import PipelineCore
public import PipelineFiles

/// The result of `docket check`: statistics about the corpus, the vectors and the language of a
/// pipeline, and the problems found. Nothing is trained.
public struct PipelineCheck: Sendable {
  /// The parts of the corpus, training documents first.
  public let parts: [CheckedPart]
  /// The languages of the training documents and the stages chosen for them.
  public let language: LanguageFinding
  /// A summary of the word vectors; `nil` if there is no embedding, or if no vector is used.
  public let vectors: String?
  /// The findings about the unlabelled documents; `nil` if none are used.
  let unlabelled: UnlabelledFinding?
  /// The coverage of the vector file, and the text preparation with the best coverage; `nil` if
  /// there is no vector file.
  public let coverage: CoverageFinding?
  /// Whether the pipeline uses the text preparation with the best coverage.
  private let usesBestCoverage: Bool
  /// The time and the memory of a run; `nil` if there are faults.
  let estimate: RunEstimate?
  /// The number of threads that the estimate is for.
  private let threads: Int
  /// The problems found.
  public let findings: [Finding]

  /// Reads everything that a run would read. Individual rows that a run would reject are reported
  /// and skipped.
  ///
  /// - Parameters:
  ///   - threads: the number of threads, which affects only the estimate; `nil` for one per
  ///     processor.
  ///   - report: receives the progress.
  /// - Throws: a `DiagnosableError` for an input that cannot be checked at all: a missing or
  ///   damaged file, an unknown format, or a corpus without documents.
  public init(
    _ description: PipelineDescription, threads: Int? = nil,
    report: @escaping (TrainingEvent) -> Void = { _ in }
  ) throws {
    let threads = ProcessorCount.chosen(threads)
    let section = description.corpus
    var options = section.options
    options.collectsFaults = true
    options.faultLimit = 100
    let training = PipelineTraining(description, threads: threads, report: report)
    let problems = PlanProblems(areCollected: true)
    let read = try training.readParts(for: .evaluation, options: options, problems)
    let decision = try description.decidingText(
      on: read.training, measuresCoverage: true, threads: threads, report: report)
    let corpora: [(name: String, corpus: Corpus)] = [
      ("train", read.training), ("validation", read.validation), ("test", read.test),
    ].compactMap { name, corpus in corpus.map { (name, $0) } }

    report(.phase(PhaseRecord(.tokenizing)))
    let preparation = TextPreparation(decision.description)
    let usable = corpora.map { _, corpus in
      UsableDocuments(
        corpus, preparation.prepare(corpus.documents.map(\.text), threads: threads))
    }
    let parts = read.keeping(zip(corpora, usable).map { ($0.name, $1) })
    let plan = try training.trial(parts, decision, problems)
    report(.phase(PhaseRecord(.comparing)))
    let repeats = CorpusRepeats.find(in: usable, threads: threads)
    self.parts = corpora.indices.map { number in
      let (name, corpus) = corpora[number]
      return CheckedPart(
        name: name, corpus: corpus, usable: usable[number], duplicates: repeats[number].within,
        leakage: number == 0 ? nil : repeats[number].ofFirst)
    }
    vectors = plan.task.embedding?.summary
    unlabelled = plan.unlabelled
    (language, coverage) = (decision.language, decision.coverage)
    usesBestCoverage = decision.usesBestCoverage
    let rules = CheckRules(
      parts: self.parts, limits: description.limits, badRows: section.badRows,
      canWeightClasses: description.training.classWeights == .none
        && type(of: description.classifier).usesLabelWeights)
    var found =
      description.replacedSettings + description.unusedSettings
      + problems.errors.map { Finding(.fault, $0.code, at: $0.position, $0.sentence) }
      + rules.findings + language.findings
      + (plan.budget.map { [Finding(.note, "budget", $0)] } ?? [])
      + (plan.unlabelled?.findings(limits: description.limits) ?? [])
      + (plan.task.embedding?.warnings ?? []).map { Finding(.warning, "vectors-scale", $0) }
      + (coverage?.findings(usesBest: usesBestCoverage) ?? [])
    self.threads = threads
    report(.phase(PhaseRecord(.estimating)))
    do {
      estimate = found.contains { $0.severity == .fault } ? nil : try RunEstimate(plan)
    } catch {
      estimate = nil
      found.append(Finding(.fault, error.code, at: error.position, error.sentence))
    }
    findings = found + (estimate?.findings(threads: threads) ?? [])
  }

  /// The number of findings that make the result of a run invalid.
  public var faultCount: Int { findings.count { $0.severity == .fault } }

  /// A summary of the findings in one or two sentences.
  public var verdict: String {
    let faults = findings.filter { $0.severity == .fault }
    let warnings =
      findings.count { $0.severity == .warning }
      + parts.reduce(0) { $0 + $1.shownWarnings.count }
    var codes: [String] = []
    for fault in faults where !codes.contains(fault.code) { codes.append(fault.code) }
    let first =
      faults.isEmpty
      ? "No faults found."
      : "\(NumberFormat.count(faults.count, "fault", "faults")) to fix: "
        + codes.joined(separator: ", ") + "."
    guard warnings > 0 else { return first }
    return first + " \(NumberFormat.count(warnings, "warning", "warnings")) to review."
  }
}

// MARK: - As text

extension PipelineCheck {
  /// The maximum number of classes and rows that are shown.
  private static let shown = 50

  /// The statistics and findings as lines of text.
  public var text: String {
    var lines = parts.flatMap { Self.lines(for: $0) }
    if let unlabelled { lines.append(unlabelled.sentence) }
    lines.append(language.sentence)
    if let vectors { lines.append(vectors) }
    if let coverage { lines += coverage.lines(usesBest: usesBestCoverage) }
    if let estimate { lines.append(estimate.sentence(threads: threads)) }
    lines += findings.map(\.description)
    lines.append("verdict: \(verdict)")
    return lines.map { QuotedText.escaped($0) + "\n" }.joined()
  }

  private static func lines(for part: CheckedPart) -> [String] {
    let cut = part.cutDocuments > 0 ? "; \(NumberFormat.integer(part.cutDocuments)) cut" : ""
    var lines = [
      "\(part.name): \(NumberFormat.count(part.documents, "document", "documents")), "
        + "\(NumberFormat.count(part.tokens, "token", "tokens")), "
        + "\(NumberFormat.count(part.classes.count, "label", "labels")), \(part.format)",
      "  tokens per document: \(part.lengths.text)\(cut)",
    ]
    lines += table(part.classes).map { "  \($0)" }
    lines += Self.lines(for: part.duplicates, of: "earlier documents")
    if let leakage = part.leakage { lines += Self.lines(for: leakage, of: "training documents") }
    lines += part.faults.listed.prefix(shown).map { "  \($0)" }
    if part.faults.count > shown {
      lines.append("  ... and \(NumberFormat.integer(part.faults.count - shown)) more rows")
    }
    return lines + part.shownWarnings.map { "  \($0)" }
  }

  private static func table(_ classes: [CheckedPart.ClassStatistics]) -> [String] {
    var table = TextTable([.left, .right, .right, .right])
    table.add(["label", "documents", "tokens", "median"])
    for statistics in classes.prefix(shown) {
      let numbers = [statistics.documents, statistics.tokens, statistics.lengths.median]
      table.add([QuotedText.quote(statistics.label.bytes)] + numbers.map(NumberFormat.integer))
    }
    let rest = classes.count - shown
    return table.lines + (rest > 0 ? ["... and \(NumberFormat.integer(rest)) more labels"] : [])
  }

  private static func lines(for repeats: CorpusRepeats, of originals: String) -> [String] {
    guard repeats.count > 0 else { return [] }
    let unfinished =
      repeats.unfinished > 0
      ? "; search incomplete for \(NumberFormat.integer(repeats.unfinished))" : ""
    let counts =
      "  repeats of \(originals): \(NumberFormat.integer(repeats.exact)) exact, "
      + "\(NumberFormat.integer(repeats.near)) near\(unfinished)"
    let shown = repeats.examples.prefix(5)
    let rest = repeats.count - shown.count
    return [counts]
      + shown.map { example in
        let relation =
          example.resemblance.map { "is \(NumberFormat.percent($0)) similar to" }
          ?? "is identical to"
        return "    \(example.position) \(relation) \(example.earlier)"
      } + (rest > 0 ? ["    ... and \(NumberFormat.integer(rest)) more"] : [])
  }
}

// MARK: - As JSON

extension PipelineCheck {
  /// The statistics and findings as JSON.
  public var json: JSONValue {
    let members: JSONValue = .members([
      "parts": .array(parts.map(\.json)), "language": .string(language.fact),
      "languageWarnings": .array(language.warnings.map { .string($0) }),
      "vectors": vectors.map { .string($0) } ?? .null,
      "coverage": coverage?.json ?? .null, "estimate": estimate?.json(threads: threads) ?? .null,
      "untrainedLabels": .array(untrainedLabels.map { .string("\($0)") }),
      "findings": .array(findings.map(\.json)), "faults": .integer(faultCount),
      "verdict": .string(verdict),
    ])
    guard let unlabelled else { return members }
    return .object((members.object ?? []) + [JSONMember("unlabelled", unlabelled.json)])
  }

  /// The labels that occur in other parts but that no training document has.
  private var untrainedLabels: [Label] {
    let trained = Set(parts.first { $0.name == "train" }?.classes.map(\.label) ?? [])
    return Set(parts.flatMap { $0.classes.map(\.label) }).subtracting(trained).sorted()
  }
}

extension CheckedPart {
  fileprivate var json: JSONValue {
    .members([
      "name": .string(name), "format": .string("\(format)"), "documents": .integer(documents),
      "tokens": .integer(tokens), "lengths": lengths.json, "cutDocuments": .integer(cutDocuments),
      "withoutTokens": .integer(withoutTokens.count),
      "labels": .array(
        classes.map { statistics in
          .members([
            "label": .string("\(statistics.label)"), "documents": .integer(statistics.documents),
            "tokens": .integer(statistics.tokens), "lengths": statistics.lengths.json,
          ])
        }),
      "duplicates": duplicates.json, "leakage": leakage?.json ?? .null,
      "badRows": .members([
        "count": .integer(faults.count),
        "rows": .array(
          faults.listed.map { fault in
            .members([
              "position": fault.position.map { .string("\($0)") } ?? .null,
              "code": .string(fault.code), "message": .string(fault.sentence),
            ])
          }),
      ]),
      "warnings": .array(warnings.map { .string($0.description) }),
    ])
  }
}

extension CorpusRepeats {
  fileprivate var json: JSONValue {
    .members([
      "exact": .integer(exact), "near": .integer(near), "unfinished": .integer(unfinished),
      "examples": .array(
        examples.map { example in
          .members([
            "position": .string("\(example.position)"),
            "earlier": .string("\(example.earlier)"),
            "resemblance": example.resemblance.map { .decimal($0) } ?? .null,
          ])
        }),
    ])
  }
}
