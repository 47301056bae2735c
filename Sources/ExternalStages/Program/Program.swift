import FileAccess
import PipelineCore
import Synchronization

/// An external program with the processes that run it: one for each thread that uses it at the same
/// time.
///
/// A process is started when a thread finds no idle one. It is used until the program is released
/// or the process fails.
///
/// A request that fails is sent again, alone, to a new process, because the first process may have
/// failed while it was reading a later request. If it fails again, its result is the error. A
/// request that timed out is not sent again. Thus, whether a request fails does not depend on the
/// rest of its batch, and the number of threads never affects a result. A program that has never
/// started successfully is not started again.
final class Program: Sendable {
  /// The program to run, and how to run it.
  struct Options: Sendable {
    /// The command line.
    var command = ProgramCommand()
    /// The role, which the program receives in the greeting.
    var role = StageRole.normalizer
    /// The settings of the program.
    var settings = JSONValue.object([])
    /// Additional members of the greeting.
    var details: [JSONMember] = []
    /// The time limit for an answer, in seconds.
    var seconds = 30.0
    /// The time limit for the greeting, in seconds.
    var startSeconds = 60.0
    /// The permission to run the program.
    var access = ProgramAccess.refused
    /// The files that a model recorded, with the folder of the model; `nil` if there is no model.
    var recorded: (files: [ProgramFile], folder: String)?
  }

  /// The idle processes, and what is known about the program.
  private struct State {
    var idle: [Conversation] = []
    var hasStarted = false
    /// The reason why the first process did not start.
    var end: ProgramFact?
    var located: LocatedCommand?
    var files: [ProgramFile]?
    var greeting: JSONValue?
  }

  let options: Options
  /// The command line, for messages.
  let name: String
  let relay: MessageRelay
  private let state = Mutex(State())
  private let lastID = Atomic<Int>(0)

  init(_ options: Options) {
    self.options = options
    name = options.command.arguments.map(\.written).joined(separator: " ").excerpt(80)
    relay = MessageRelay(program: name)
  }

  deinit {
    var idle = state.withLock { $0.idle }
    for index in idle.indices { idle[index].child.closeInput() }
    for index in idle.indices { idle[index].stop(patience: 500, relay: relay) }
  }

  /// Returns an error from this program.
  func error(_ fact: ProgramFact) -> ProgramError { ProgramError(fact, of: name) }
}

// MARK: - Files

extension Program {
  /// Returns the files of the program with their SHA-256; if it may not be run, the files that the
  /// model recorded.
  func files() throws -> [ProgramFile] {
    if let recorded = options.recorded?.files {
      guard case .allowed = options.access else { return recorded }
    }
    if let files = state.withLock({ $0.files }) { return files }
    let files = try located().files.map { argument, path in
      ProgramFile(argument: argument, path: path, sha256: try Self.sha256(of: path))
    }
    state.withLock { $0.files = files }
    return files
  }

  /// Returns the path of the first file that differs from what the model recorded, or the command
  /// line if different arguments now name files; `nil` if nothing has changed.
  func changedFile() throws -> String? {
    guard let recorded = options.recorded?.files else { return nil }
    let files = try files()
    guard files.map(\.argument) == recorded.map(\.argument) else { return name }
    return zip(files, recorded).first { $0.sha256 != $1.sha256 }?.0.path
  }

  /// Returns the command with its files, which are located only once, so that the program that runs
  /// is the one whose hash is recorded.
  private func located() throws(ProgramError) -> LocatedCommand {
    if let located = state.withLock({ $0.located }) { return located }
    do {
      let located = try LocatedCommand(options.command, recorded: options.recorded)
      state.withLock { $0.located = located }
      return located
    } catch {
      throw self.error(error)
    }
  }

  private static func sha256(of path: String) throws -> String {
    let file = try InputFile(path: path)
    while try file.nextChunk() != nil {}
    return file.sha256 ?? ""
  }
}

// MARK: - Processes

extension Program {
  /// Starts a process unless one is idle.
  ///
  /// - Throws: `ProgramError`; any error from finding the files.
  func start() throws {
    if state.withLock({ !$0.idle.isEmpty }) { return }
    // Hash the program that is actually run.
    _ = try files()
    let (conversation, _) = try take(fresh: true)
    give(conversation)
  }

  /// Returns the greeting of the first process, starting one if none is running.
  ///
  /// - Throws: `ProgramError`; any error from finding the files.
  func greeting() throws -> JSONValue {
    if let greeting = state.withLock({ $0.greeting }) { return greeting }
    try start()
    return state.withLock { $0.greeting } ?? .null
  }

  /// Starts a process and returns it with its greeting.
  func launch() throws(ProgramError) -> (Conversation, greeting: JSONValue) {
    guard case .allowed = options.access else { throw error(.notAllowed) }
    let located = try located()
    let child: ChildProcess
    do {
      child = try ChildProcess(path: located.path, arguments: located.arguments)
    } catch {
      throw self.error(error)
    }
    var conversation = Conversation(child)
    var requests = Requests()
    requests.append(Greeting.request(options).encoded(), answerLimit: 1 << 16)
    var greeting = JSONValue.null
    let (_, failure) = conversation.exchange(
      requests, 0..<1, seconds: options.startSeconds, relay: relay
    ) { _, line in
      switch Greeting.answer(line, options) {
      case .success(let answer):
        greeting = answer
        return nil
      case .failure(let fact): return fact
      }
    }
    guard let failure else { return (conversation, greeting) }
    conversation.child.stop()
    throw error(failure)
  }

  /// Takes an idle process or starts one.
  private func take(fresh: Bool) throws(ProgramError) -> (Conversation, isFresh: Bool) {
    let (idle, end) = state.withLock { state in
      (fresh || state.end != nil ? nil : state.idle.popLast(), state.end)
    }
    if let end { throw error(end) }
    if let idle { return (idle, false) }
    do {
      let (conversation, greeting) = try launch()
      state.withLock { state in
        state.hasStarted = true
        state.greeting = state.greeting ?? greeting
      }
      return (conversation, true)
    } catch {
      let fact = error.fact
      state.withLock { state in
        // A program that has never started will not start for the next document either.
        if !state.hasStarted { state.end = state.end ?? fact }
      }
      throw error
    }
  }

  /// Puts back a process for later use.
  private func give(_ conversation: Conversation) {
    state.withLock { $0.idle.append(conversation) }
  }
}

// MARK: - Requests

extension Program {
  /// Sends requests and returns the answers, in order.
  ///
  /// - Parameters:
  ///   - count: the number of requests.
  ///   - seconds: the time limit for an answer; `nil` for the limit in the settings.
  ///   - encode: appends the members of a request after its `id`, and returns the maximum length of
  ///     its answer.
  ///   - decode: returns the content of an answer, or why it is not valid.
  func run<Value>(
    count: Int, seconds: Double? = nil, encode: (Int, inout [UInt8]) -> Int,
    decode: (Int, JSONValue) -> Result<Value, ProgramFact>
  ) -> [Result<Value, ProgramError>] {
    // The ids are unique, so that a late answer is never mistaken for the answer to another
    // request.
    let firstID = lastID.add(count, ordering: .relaxed).oldValue + 1
    var requests = Requests()
    for index in 0..<count {
      var line = Array("{\"id\":\(firstID + index),".utf8)
      let limit = encode(index, &line)
      line.append(UInt8(ascii: "}"))
      requests.append(line, answerLimit: limit)
    }
    var results: [Result<Value, ProgramError>] = []
    results.reserveCapacity(count)
    var isAlone = false
    while results.count < count {
      let next = results.count
      do {
        var (conversation, isFresh) = try take(fresh: isAlone)
        let range = next..<(isAlone ? next + 1 : count)
        let (_, failure) = conversation.exchange(
          requests, range, seconds: seconds ?? options.seconds, relay: relay
        ) { index, line in
          Self.accept(line, id: firstID + index) { json in
            results.append(decode(index, json).mapError(self.error))
          }
        }
        guard let failure else {
          give(conversation)
          isAlone = false
          continue
        }
        conversation.child.stop()
        let wasAlone = isFresh && range.count == 1
        isAlone = !(wasAlone || failure.isTimeout)
        if !isAlone { results.append(.failure(error(failure))) }
      } catch {
        results.append(.failure(error))
        isAlone = false
      }
    }
    return results
  }

  /// Passes an answer to `use`, or returns why the conversation cannot continue.
  static func accept(
    _ line: ArraySlice<UInt8>, id: Int, _ use: (JSONValue) -> Void
  ) -> ProgramFact? {
    switch JSONValue.answer(line) {
    case .failure(let fact): return fact
    case .success(let json):
      guard json["id"]?.integer == id else { return .outOfOrder }
      use(json)
      return nil
    }
  }
}

extension ProgramFact {
  /// Whether the program did not answer in time.
  fileprivate var isTimeout: Bool {
    if case .timedOut = self { true } else { false }
  }
}
