package import FileAccess
package import PipelineCore

/// Checks that an external program follows the protocol of `process.v1`.
package struct ProgramConformance {
  /// The result of one check.
  package struct Check: Sendable, Equatable {
    /// The requirement.
    package var name: String
    /// The reason why the program does not meet the requirement; `nil` if it does.
    package var fault: String?
  }

  /// The role that is checked.
  package let role: StageRole
  /// The settings for the program.
  let settings: JSONValue
  private let command: ProgramCommand
  private let seconds: Double
  /// The time limit for the greeting, in seconds.
  package var startSeconds: Double
  /// The time limit for ending after standard input is closed, in milliseconds.
  private static let endLimit = 5_000

  /// Creates the checks of a program.
  ///
  /// - Parameters:
  ///   - command: the program and its arguments; paths are relative to the working directory.
  ///   - seconds: the time limit for each answer.
  package init(
    command: [String], role: StageRole, settings: JSONValue = .object([]), seconds: Double = 30
  ) {
    self.command = ProgramCommand(command.map { FilePath(written: $0, resolved: $0) })
    (self.role, self.settings, self.seconds) = (role, settings, seconds)
    startSeconds = max(seconds, 60)
  }

  /// Returns an error if the program rejects the role or cannot be started; `nil` if it accepts the
  /// role or fails in another way, which the check of the greeting reports.
  package func rejection() -> ProgramError? {
    let program = program()
    do {
      var (conversation, _) = try program.launch()
      conversation.stop(patience: 500, relay: program.relay)
      return nil
    } catch {
      switch error.fact {
      case .greetingRefused, .wrongGreeting, .missing, .notStarted: return error
      default: return nil
      }
    }
  }

  /// Runs all checks.
  ///
  /// - Parameter report: receives each result as soon as it is known.
  /// - Returns: whether the program meets all requirements.
  package func run(_ report: (Check) -> Void) -> Bool {
    var isConforming = true
    func check(_ name: String, _ body: () throws -> String?) {
      var fault: String?
      do {
        fault = try body()
      } catch {
        fault = (error as? any DiagnosableError)?.sentence ?? "\(error)"
      }
      isConforming = isConforming && fault == nil
      report(Check(name: name, fault: fault))
    }
    var details: [JSONMember] = []
    check("answers the greeting") { try greetingFault() }
    guard isConforming else { return false }
    if role == .classifier {
      check("trains, and returns the same state each time") {
        let (fault, found) = try trainedDetails()
        details = found
        return fault
      }
      guard isConforming else { return false }
    }
    let subject = ConformanceSubject(
      program: program(details), role: role, width: width(), labels: Self.labelCount)
    check("returns its settings unchanged, or none") { try settingsFault() }
    check("handles an empty document") { try subject.fault(for: [""]) }
    check("handles quotes, backslashes and control characters") {
      try subject.fault(for: ConformanceTexts.escapes)
    }
    check("handles characters of every Unicode plane") {
      try subject.fault(for: ConformanceTexts.planes)
    }
    check("handles a document of 1 MiB") { try subject.fault(for: [ConformanceTexts.large]) }
    check("answers 2,000 requests in order, with their ids") {
      try subject.fault(for: ConformanceTexts.many)
    }
    check("gives the same answers one at a time and in a batch") {
      try subject.batchFault(ConformanceTexts.samples)
    }
    check("gives the same answers in another process and in reverse order") {
      try subject.orderFault(ConformanceTexts.samples)
    }
    if role == .normalizer {
      check("leaves normalized text unchanged") {
        try subject.repeatFault(ConformanceTexts.samples)
      }
    }
    check("answers an invalid request with an error and continues") {
      try subject.invalidRequestFault(ConformanceTexts.samples)
    }
    check("ends when its standard input is closed") { try endFault() }
    return isConforming
  }

  /// The number of labels that a classifier is trained with.
  private static let labelCount = 3

  private func program(
    _ details: [JSONMember] = [], settings: JSONValue? = nil
  ) -> Program {
    Program(
      Program.Options(
        command: command, role: role, settings: settings ?? self.settings, details: details,
        seconds: seconds, startSeconds: startSeconds, access: .allowed(changed: true)))
  }

  /// Returns the width of vectors that an embedding announces; 0 for other roles.
  private func width() -> Int {
    guard role == .embedding, let greeting = try? program().greeting() else { return 0 }
    return ProcessEmbedding.width(in: greeting) ?? 0
  }
}

// MARK: - Checks of a process

extension ProgramConformance {
  private func greetingFault() throws -> String? {
    let greeting = try program().greeting()
    guard role == .embedding else { return nil }
    return ProcessEmbedding.width(in: greeting) != nil
      ? nil
      : "the greeting of an embedding needs \"dimensions\" from 1 to \(ProcessEmbedding.widthLimit)"
  }

  /// Checks that the program either returns the settings unchanged or does not return them.
  private func settingsFault() throws -> String? {
    let odd = JSONValue.members([
      "text": .string("\u{1F642} \"quoted\" \\ \u{645}"), "number": .decimal(-1.5),
      "list": .array([.integer(1), .bool(true), .null]), "nested": .members(["a": .string("")]),
    ])
    let all = JSONValue.object((settings.object ?? []) + [JSONMember("conformance", odd)])
    for sent in [settings, all] {
      let greeting: JSONValue
      do {
        greeting = try program(settings: sent).greeting()
      } catch let error as ProgramError {
        // Rejecting unknown settings is allowed.
        if case .greetingRefused = error.fact, sent == all { continue }
        return error.sentence
      }
      if let returned = greeting["settings"], !returned.isEquivalent(to: sent) {
        return "sent \(QuotedText.quote(sent.text(), limit: 200)), "
          + "got \(QuotedText.quote(returned.text(), limit: 200))"
      }
    }
    return nil
  }

  private func endFault() throws -> String? {
    var (conversation, _) = try program().launch()
    defer { conversation.child.stop() }
    conversation.child.closeInput()
    guard let how = conversation.child.ending(within: Self.endLimit) else {
      return "it was still running after \(Self.endLimit / 1_000) s"
    }
    return how == .exit(code: 0) ? nil : "it \(how.sentence)"
  }

  /// Trains twice on a few documents. Returns a fault if the states differ, and the members of the
  /// greeting of the trained program.
  private func trainedDetails() throws -> (String?, [JSONMember]) {
    let documents = (0..<30).map { number in
      EncodedDocument(
        rows: [], hashes: [0, 0], text: Array("word\(number % Self.labelCount) x".utf8))
    }
    let examples = LabelledExamples(
      documents: documents, labels: documents.indices.map { $0 % Self.labelCount },
      labelCount: Self.labelCount)
    var states: [[UInt8]] = []
    for _ in 0..<2 {
      var session = try TrainingSession(program())
      defer { session.end() }
      try session.send(examples, 0..<examples.count)
      states.append(
        try session.train(labelCount: Self.labelCount, seed: 1, seconds: max(seconds, 60)))
    }
    let details = ProcessClassifierModel.details(labelCount: Self.labelCount, state: states[0])
    let fault = states[0] == states[1] ? nil : "training again produces a different state"
    return (fault, details)
  }
}

extension JSONValue {
  /// Returns whether both values are the same, regardless of the order of members and the notation
  /// of numbers.
  func isEquivalent(to other: JSONValue) -> Bool {
    switch (self, other) {
    case (.number, .number): double == other.double
    case (.array(let a), .array(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.isEquivalent(to: $1) }
    case (.object(let a), .object(let b)):
      a.count == b.count
        && a.allSatisfy { member in other[member.key]?.isEquivalent(to: member.value) == true }
    default: self == other
    }
  }
}
