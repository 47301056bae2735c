import Docket
import FileAccess
import Platform
import Synchronization

/// Shows progress on standard error: a progress line that is redrawn in place on a terminal, one
/// line per epoch elsewhere, or JSON lines.
final class ProgressDisplay: Sendable {
  fileprivate struct State: ~Copyable {
    let output = CheckedOutput.standardError()
    /// The latest event; `nil` before the first event and after `close`.
    var current: TrainingEvent?
    /// The time at which the current phase, or part of a phase, began.
    var began = ContinuousClock.now
    /// The last time that something was shown.
    var lastShown: ContinuousClock.Instant?
    var epochs = 0
    var hasBar = false
    var frame = 0
    var hasThread = false
  }

  private let style: ProgressStyle
  private let isQuiet: Bool
  private let isJSON: Bool
  private let state = Mutex(State())

  init(style: ProgressStyle, isQuiet: Bool) {
    let shown = style == .auto ? (isatty(STDERR_FILENO) == 1 ? .bar : .plain) : style
    self.style = isQuiet ? .none : shown
    self.isQuiet = isQuiet
    isJSON = style == .json
  }

  /// Prints a sentence for the user.
  func note(_ sentence: String) { note(sentence, code: nil) }

  /// Prints a note.
  ///
  /// - Parameter code: a stable name of what the note is about, for JSON.
  func note(_ sentence: String, code: String?) {
    guard !isQuiet else { return }
    let line =
      style == .json ? ProgressText.json(note: sentence, code: code) : QuotedText.escaped(sentence)
    state.withLock { $0.write(line: line) }
  }

  /// Prints the reason for an exit code other than 0, even with `--quiet`.
  ///
  /// - Parameter code: a stable name of the reason, for JSON.
  func reason(_ sentence: String, code: String) {
    let line =
      isJSON
      ? ProgressText.json(error: sentence, code: code, exitCode: 1) : QuotedText.escaped(sentence)
    state.withLock { $0.write(line: line) }
  }

  /// Shows the summary of a stream of documents if progress is shown as JSON.
  func show(_ summary: DocumentSummary) {
    guard style == .json else { return }
    state.withLock { $0.write(line: ProgressText.json(summary)) }
  }

  /// Shows an event.
  func show(_ event: TrainingEvent) {
    state.withLock { show(event, &$0) }
    if style == .bar { startThread() }
  }

  /// Removes the progress line.
  func close() {
    state.withLock { state in
      state.clearBar()
      state.current = nil
    }
  }

  private func show(_ event: TrainingEvent, _ state: inout State) {
    let isNew = !event.continues(state.current)
    if isNew { state.began = .now }
    state.current = event
    switch event {
    case .phase(let phase):
      switch style {
      case .bar: isNew ? state.drawBar() : state.redrawBar()
      case .json where isNew || state.isDue(after: .seconds(1)):
        state.write(line: ProgressText.json(phase, seconds: state.seconds))
      case .plain where !isNew && state.isDue(after: .seconds(30)):
        state.write(line: ProgressText.line(phase, seconds: state.seconds))
      default: break
      }
      if isNew { state.lastShown = .now }
    case .step(let step):
      state.epochs = step.epochs
      if style == .bar { state.redrawBar() }
    // In other styles, the user gets a note about the rollback.
    case .rollback(let divergence):
      if style == .json { state.write(line: ProgressText.json(divergence)) }
    case .part(let part):
      if style == .json { state.write(line: ProgressText.json(part)) }
    case .note: break
    case .rate: if style == .bar { state.redrawBar() }
    case .epoch(let epoch):
      switch style {
      case .json: state.write(line: ProgressText.json(epoch))
      case .bar, .plain: state.write(line: ProgressText.line(epoch, epochs: state.epochs))
      case .auto, .none: break
      }
    case .vectors(let record): show(record, &state)
    }
  }

  /// Shows the progress of word-vector training, which runs before the classifier is trained.
  private func show(_ record: StepRecord, _ state: inout State) {
    guard record.tokens == record.tokensPerEpoch else {
      if style == .bar { state.redrawBar() }
      return
    }
    // Training on a short text takes many epochs, but ten lines are enough.
    let isShown = record.epoch % max(record.epochs / 10, 1) == 0 || record.epoch == record.epochs
    switch style {
    case .json: state.write(line: ProgressText.json(record))
    case .bar where isShown, .plain where isShown:
      state.write(line: ProgressText.line(record))
    default: break
    }
  }

  /// Keeps the progress line up to date while no events arrive.
  private func startThread() {
    let isFirst = state.withLock { state in
      defer { state.hasThread = true }
      return !state.hasThread
    }
    guard isFirst else { return }
    // If no thread can be started, the line is redrawn only when events arrive.
    _ = BackgroundThread.start { [self] in
      while true {
        usleep(250_000)
        state.withLock { state in
          if state.current != nil { state.drawBar() }
        }
      }
    }
  }
}

extension ProgressDisplay.State {
  var seconds: Double { (ContinuousClock.now - began).inSeconds }

  func isDue(after pause: Duration) -> Bool {
    lastShown.map { ContinuousClock.now - $0 >= pause } ?? true
  }

  /// Draws the bar, at most ten times per second.
  mutating func redrawBar() {
    if isDue(after: .milliseconds(100)) { drawBar() }
  }

  mutating func drawBar() {
    guard let current, let text = ProgressText.bar(current, seconds: seconds) else { return }
    frame += 1
    write("\r\u{1b}[K" + ProgressText.fitted("\(ProgressText.spinner(frame)) \(text)"))
    (hasBar, lastShown) = (true, .now)
  }

  mutating func clearBar() {
    guard hasBar else { return }
    write("\r\u{1b}[K")
    hasBar = false
  }

  mutating func write(line: String) {
    clearBar()
    write(line + "\n")
    lastShown = .now
  }

  /// Writes progress. If that fails, work continues, because progress is not a result.
  private mutating func write(_ text: String) { try? output.write(text) }
}

extension TrainingEvent {
  /// Returns whether the event is further progress of the work that `earlier` is about.
  fileprivate func continues(_ earlier: TrainingEvent?) -> Bool {
    switch (self, earlier) {
    case (.phase(let phase), .phase(let before)?):
      phase.phase == before.phase && phase.detail.utf8.elementsEqual(before.detail.utf8)
    case (.step, .step?), (.vectors, .vectors?), (.rate, .rate?): true
    default: false
    }
  }
}
