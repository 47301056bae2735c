public import FileAccess
import PipelineCore
import Corpora
import Messages
import PipelineFiles

extension PipelineCheck {
  /// For scripts.
  public var json: JSONValue {
    .members([
      "parts": .array(parts.map(\.json)), "language": .string(language.fact),
      "languageWarnings": .array(language.warnings.map { .string($0) }),
      "vectors": vectors.map { .string($0) } ?? .null,
      "coverage": coverage?.json ?? .null,
      "untrainedLabels": .array(untrainedLabels.map { .string("\($0)") }),
      "findings": .array(findings.map(\.json)), "faults": .integer(faultCount),
      "verdict": .string(verdict),
    ])
  }

  /// Labels of any part that no training document has.
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
        classes.map { figures in
          .members([
            "label": .string("\(figures.label)"), "documents": .integer(figures.documents),
            "tokens": .integer(figures.tokens), "lengths": figures.lengths.json,
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
