import CProcess
import FileAccess
import Platform

/// A running program, connected by three pipes, in its own process group.
///
/// Only one thread may use it at a time. The owner must call `stop`.
struct ChildProcess: Sendable {
  /// The process, which leads its process group.
  let process: pid_t
  /// The pipe to standard input; -1 once it is closed.
  private(set) var input: Int32
  /// The pipe from standard output.
  let output: Int32
  /// The pipe from standard error; -1 once it is closed.
  private(set) var errors: Int32

  /// Starts a program.
  ///
  /// The process inherits the environment and the working directory, but no descriptors other than
  /// the pipes and no blocked signals. Each signal has its default action.
  ///
  /// - Parameter path: the program.
  /// - Throws: `ProgramFact.notStarted`.
  init(path: String, arguments: [String]) throws(ProgramFact) {
    docket_kill_groups_at_exit()
    var pipes: [Pipe] = []
    defer { for pipe in pipes { pipe.closeAll() } }
    for _ in 0..<3 { pipes.append(try Pipe()) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, pipes[0].reading, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, pipes[1].writing, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, pipes[2].writing, STDERR_FILENO)
    // Close descriptors that the host program opened without close-on-exec.
    docket_close_from(&actions, STDERR_FILENO + 1)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
    posix_spawnattr_setflags(&attributes, Int16(flags))
    var list = arguments.map { strdup($0) } + [nil]
    defer { for argument in list { free(argument) } }
    var process = pid_t()
    var code = posix_spawn(&process, path, &actions, &attributes, &list, environ)
    // A child that another thread is starting may still hold open a script that this process has
    // just written.
    for _ in 0..<50 where code == ETXTBSY {
      usleep(10_000)
      code = posix_spawn(&process, path, &actions, &attributes, &list, environ)
    }
    guard code == 0 else {
      throw .notStarted(SystemCall.reason(code))
    }
    docket_remember_group(process)
    self.process = process
    input = pipes[0].keepWriting()
    output = pipes[1].keepReading()
    errors = pipes[2].keepReading()
  }

  /// Closes standard input, which tells the program to end.
  mutating func closeInput() {
    if input >= 0 { close(input) }
    input = -1
  }

  /// Closes the pipe from standard error, after the program has closed its end.
  mutating func closeErrors() {
    if errors >= 0 { close(errors) }
    errors = -1
  }

  /// Waits up to `milliseconds` for the process to end by itself.
  ///
  /// - Returns: how the process ended; `nil` if it is still running.
  func ending(within milliseconds: Int) -> ProcessEnding? {
    for _ in 0...milliseconds {
      var information = siginfo_t()
      // WNOWAIT keeps the zombie, so that the process group ID stays reserved.
      let code = waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT)
      if code == 0, information.si_signo == SIGCHLD {
        let status = docket_child_status(&information)
        return information.si_code == Int32(CLD_EXITED) ? .exit(code: status) : .signal(status)
      }
      usleep(1_000)
    }
    return nil
  }

  /// Ends the process group and waits for the process.
  ///
  /// - Parameters:
  ///   - patience: how long the program may take to end after its input is closed, in milliseconds.
  ///   - messages: receives what the program writes to standard error during this time.
  mutating func stop(patience: Int = 0, messages: (ArraySlice<UInt8>) -> Void = { _ in }) {
    closeInput()
    if patience > 0 {
      // A program that is blocked on writing can end only if its output is read.
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      func readMessages() {
        guard errors >= 0 else { return }
        let count = read(errors, &buffer, buffer.count)
        if count > 0 { messages(buffer[..<count]) }
      }
      for _ in 0..<patience / 10 {
        if ending(within: 9) != nil { break }
        _ = read(output, &buffer, buffer.count)
        readMessages()
      }
      // One read empties the pipe.
      readMessages()
    }
    // A program that runs as another user, such as sudo, cannot be killed and may never end.
    let isKilled = kill(-process, SIGKILL) == 0 || errno != EPERM
    docket_forget_group(process)
    // The process ID stays reserved until this call returns.
    while waitpid(process, nil, isKilled ? 0 : WNOHANG) == -1 && errno == EINTR {}
    close(output)
    closeErrors()
  }
}

/// How a process ended.
enum ProcessEnding: Equatable {
  /// It returned an exit code.
  case exit(code: Int32)
  /// A signal ended it.
  case signal(Int32)

  /// The rest of a sentence about the program.
  var sentence: String {
    switch self {
    case .exit(let code): "ended with exit code \(code)"
    case .signal(let number): "was killed by signal \(number)"
    }
  }
}

/// The two ends of a pipe. Neither end is inherited by other programs, and the end that this
/// process keeps does not block.
private struct Pipe {
  private(set) var reading: Int32 = -1
  private(set) var writing: Int32 = -1

  init() throws(ProgramFact) {
    var ends: [Int32] = [-1, -1]
    let code = docket_pipe(&ends)
    guard code == 0 else {
      throw .notStarted(SystemCall.reason())
    }
    // An end must not have the descriptor of a standard stream, because the child replaces these
    // streams.
    for index in ends.indices where ends[index] <= STDERR_FILENO {
      let moved = fcntl(ends[index], F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
      if moved >= 0 {
        close(ends[index])
        ends[index] = moved
      }
    }
    (reading, writing) = (ends[0], ends[1])
  }

  mutating func keepReading() -> Int32 {
    defer { reading = -1 }
    _ = fcntl(reading, F_SETFL, O_NONBLOCK)
    return reading
  }

  mutating func keepWriting() -> Int32 {
    defer { writing = -1 }
    _ = fcntl(writing, F_SETFL, O_NONBLOCK)
    return writing
  }

  func closeAll() {
    if reading >= 0 { close(reading) }
    if writing >= 0 { close(writing) }
  }
}

/// The processes of all external programs.
package enum ExternalProcesses {
  /// Ends all processes immediately; may be called in a signal handler.
  package static func kill() { docket_kill_groups() }

  /// Makes the messages of all programs appear on standard error as JSON objects with the members
  /// `event`, `program` and `text`.
  package static func reportMessagesAsEvents() { MessageRelay.writeEvents() }

  /// Ends all processes when a signal ends this process. A command calls this once; a library must
  /// not change the signal handling of its host.
  package static func endOnSignals() { docket_kill_groups_on_signals() }
}
