import Docket
import FileAccess
import Platform

/// Shows the progress of training on standard error: a bar on a terminal, one line per epoch
/// elsewhere, or JSON lines.
final class ProgressDisplay {
  private let style: ProgressStyle
  private let isQuiet: Bool
  private let output = CheckedOutput.standardError()
  private var lastDrawn: ContinuousClock.Instant?
  private var epochs = 0
  private var hasBar = false

  init(style: ProgressStyle, isQuiet: Bool) {
    self.style = style == .auto ? (isatty(STDERR_FILENO) == 1 ? .bar : .plain) : style
    self.isQuiet = isQuiet
  }

  /// Prints a sentence for the user.
  func note(_ sentence: String) {
    guard !isQuiet, style != .json else { return }
    clearBar()
    write(QuotedText.escaped(sentence) + "\n")
  }

  /// Shows an event.
  func show(_ event: TrainingEvent) {
    switch event {
    case .step(let step):
      epochs = step.epochs
      if style == .bar { drawBar(step) }
    // Otherwise the user gets a note about it.
    case .rollback(let divergence): if style == .json { write(json(divergence) + "\n") }
    case .rate: break
    case .epoch(let epoch):
      clearBar()
      switch style {
      case .json: write(json(epoch) + "\n")
      case .bar, .plain: write(line(epoch) + "\n")
      case .auto, .none: break
      }
    case .vectors(let record): show(record)
    }
  }

  /// Shows the progress of word-vector training, which runs first.
  private func show(_ record: StepRecord) {
    let isDone = record.tokens == record.tokensPerEpoch
    if isDone { clearBar() }
    switch style {
    case .bar where !isDone:
      drawBar(record, prefix: "vectors, ")
    case .json where isDone: write(json(record) + "\n")
    case .bar where isDone, .plain where isDone:
      // A short text takes many epochs, and ten lines are enough.
      let isShown =
        record.epoch % max(record.epochs / 10, 1) == 0 || record.epoch == record.epochs
      guard isShown else { return }
      let speed = NumberFormat.whole(Double(record.tokens) / max(record.seconds, 1e-9))
      write(
        "vectors, epoch \(record.epoch)/\(record.epochs)  "
          + "loss \(NumberFormat.decimal(record.loss, 3))  \(speed) tokens/s  "
          + "\(NumberFormat.decimal(record.seconds, 3)) s\n")
    default: break
    }
  }

  private func json(_ divergence: Divergence) -> String {
    JSONValue.members([
      "event": .string("retreat"), "epoch": .integer(divergence.epoch),
      "step": .integer(divergence.step), "rateScale": .decimal(divergence.rateScale / 2),
    ]).text()
  }

  private func json(_ record: StepRecord) -> String {
    JSONValue.members([
      "event": .string("vectors"), "epoch": .integer(record.epoch), "loss": .decimal(record.loss),
      "seconds": .decimal(record.seconds), "tokens": .integer(record.tokens),
      "tokensPerSecond": .integer(
        NumberFormat.whole(Double(record.tokens) / max(record.seconds, 1e-9))),
    ]).text()
  }

  private func line(_ epoch: EpochRecord) -> String {
    var parts = [
      "epoch \(epoch.epoch)/\(max(epochs, epoch.epoch))",
      "loss \(NumberFormat.decimal(epoch.loss, 3))",
    ]
    if let loss = epoch.validationLoss {
      parts.append("validation loss \(NumberFormat.decimal(loss, 3))")
    }
    if let accuracy = epoch.validationAccuracy {
      parts.append("accuracy \(NumberFormat.decimal(accuracy, 3))")
    }
    parts.append("\(NumberFormat.whole(epoch.tokensPerSecond)) tokens/s")
    parts.append("\(NumberFormat.decimal(epoch.seconds, 3)) s")
    return parts.joined(separator: "  ")
  }

  private func json(_ epoch: EpochRecord) -> String {
    JSONValue.members([
      "event": .string("epoch"), "epoch": .integer(epoch.epoch), "loss": .decimal(epoch.loss),
      "validationLoss": epoch.validationLoss.map { .decimal($0) } ?? .null,
      "validationAccuracy": epoch.validationAccuracy.map { .decimal($0) } ?? .null,
      "seconds": .decimal(epoch.seconds), "tokens": .integer(epoch.tokens),
      "tokensPerSecond": .integer(NumberFormat.whole(epoch.tokensPerSecond)),
    ]).text()
  }

  /// Draws the bar, at most ten times per second.
  private func drawBar(_ step: StepRecord, prefix: String = "") {
    let now = ContinuousClock.now
    if let lastDrawn, now - lastDrawn < .milliseconds(100) { return }
    lastDrawn = now
    let share = Double(step.tokens) / Double(max(step.tokensPerEpoch, 1))
    let speed = Double(step.tokens) / max(step.seconds, 1e-9)
    let tokensLeft =
      Double(step.tokensPerEpoch) * Double(step.epochs - step.epoch) + Double(step.tokensPerEpoch)
      - Double(step.tokens)
    let full = min(max(NumberFormat.whole((share * 24).rounded()), 0), 24)
    let bar = String(repeating: "#", count: full) + String(repeating: ".", count: 24 - full)
    let left = NumberFormat.whole((tokensLeft / max(speed, 1)).rounded())
    write(
      "\r\u{1b}[K\(prefix)epoch \(step.epoch)/\(step.epochs) [\(bar)] "
        + "loss \(NumberFormat.decimal(step.loss, 3))  \(NumberFormat.whole(speed)) tokens/s  "
        + "\(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60) left")
    hasBar = true
  }

  private func clearBar() {
    guard hasBar else { return }
    write("\r\u{1b}[K")
    hasBar = false
  }

  /// Writes progress. If that fails, work continues, because progress is not a result.
  private func write(_ text: String) { try? output.write(text) }
}
