import FileAccess
import Messages
import PipelineCore
import PipelineFiles
import Corpora

extension PipelineCheck {
  /// So many classes, rows and examples are shown.
  private static let shown = 50

  /// For people.
  public var text: String {
    var lines = parts.flatMap { Self.lines(for: $0) }
    lines.append(language.sentence)
    if let vectors { lines.append(vectors) }
    if let coverage { lines += coverage.lines(isTaken: isByVectors) }
    lines += findings.map(\.description)
    lines.append("verdict: \(verdict)")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func lines(for part: CheckedPart) -> [String] {
    let cut = part.cutDocuments > 0 ? "; \(NumberFormat.integer(part.cutDocuments)) cut" : ""
    var lines = [
      "\(part.name): \(NumberFormat.count(part.documents, "document", "documents")), "
        + "\(NumberFormat.count(part.tokens, "token", "tokens")), "
        + "\(NumberFormat.count(part.classes.count, "label", "labels")), \(part.format)",
      "  tokens a document: \(part.lengths.text)\(cut)",
    ]
    lines += table(part.classes).map { "  \($0)" }
    if part.duplicates.count > 0 {
      lines.append("  repeats of an earlier document: \(text(of: part.duplicates))")
      lines += examples(part.duplicates)
    }
    if let leakage = part.leakage, leakage.count > 0 {
      lines.append("  repeats of a document to learn from: \(text(of: leakage))")
      lines += examples(leakage)
    }
    lines += part.faults.listed.prefix(shown).map { "  \($0)" }
    if part.faults.count > shown {
      lines.append("  ... and \(NumberFormat.integer(part.faults.count - shown)) more rows")
    }
    // Repeats were looked for more closely than the reader does, and stand above.
    return lines
      + part.warnings.filter { ![.duplicate, .similarLabels, .badRow].contains($0.kind) }.map {
        "  \($0)"
      }
  }

  private static func table(_ classes: [CheckedPart.ClassStatistics]) -> [String] {
    var table = TextTable([.left, .right, .right, .right])
    table.add(["label", "documents", "tokens", "median"])
    for figures in classes.prefix(shown) {
      let numbers = [figures.documents, figures.tokens, figures.lengths.median]
      table.add([QuotedText.quote(figures.label.bytes)] + numbers.map(NumberFormat.integer))
    }
    let rest = classes.count - shown
    return table.lines + (rest > 0 ? ["... and \(NumberFormat.integer(rest)) more labels"] : [])
  }

  private static func text(of repeats: CorpusRepeats) -> String {
    let unfinished =
      repeats.unfinished > 0
      ? "; \(NumberFormat.integer(repeats.unfinished)) not searched to the end" : ""
    return
      "\(NumberFormat.integer(repeats.exact)) exact, \(NumberFormat.integer(repeats.near)) near"
      + unfinished
  }

  private static func examples(_ repeats: CorpusRepeats) -> [String] {
    repeats.examples.prefix(5).map { example in
      let how =
        example.resemblance.map { "is \(NumberFormat.percent($0)) like" } ?? "is the same as"
      return "    \(example.position) \(how) \(example.earlier)"
    }
  }
}
