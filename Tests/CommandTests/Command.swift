import TestSupport
import FileAccess
import Glibc

/// The built `docket`, run as a separate process as by a shell.
///
/// Standard input and both outputs are files, so that no pipe can fill up and block.
final class Command {
  /// The result of a finished command.
  struct Outcome {
    /// The exit code, or minus the signal that ended it.
    var code: Int32
    /// Standard output.
    var output: [UInt8]
    /// Standard error.
    var errors: String
    /// The peak memory in bytes, up to a few milliseconds before the end.
    var peakMemory: Int
    /// The processor time in seconds, which other work on the machine hardly changes.
    var processorSeconds: Double

    /// Standard output as text.
    var text: String { String(decoding: output, as: UTF8.self) }
    /// The lines of standard output.
    var lines: [String] { text.split(separator: "\n").map(String.init) }
    /// The lines of standard error.
    var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
  }

  /// Why a command has no outcome.
  enum Fault: Error {
    case notStarted(String, Int32)
    case tookTooLong(String, errors: String)
  }

  /// The `docket` next to the test bundle.
  static let path: String = {
    guard let bundle = realpath("/proc/self/exe", nil) else { return "/nonexistent" }
    defer { free(bundle) }
    return Folder.split(String(cString: bundle)).folder + "/docket"
  }()

  private let name: String
  private let process: pid_t
  private let captured: TestFolder
  private let outputPath: String
  private var status: Int32?

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - program: a path; `docket` by default.
  ///   - input: the path of standard input; empty by default.
  ///   - output: the path of standard output; a temporary file by default.
  ///   - errors: the path of standard error, such as a terminal; a temporary file by default.
  ///   - folder: the working directory.
  init(
    _ arguments: [String], program: String = Command.path, input: String = "/dev/null",
    output: String? = nil, errors: String? = nil, folder: String = "/"
  ) throws {
    name = arguments.joined(separator: " ")
    captured = TestFolder()
    outputPath = output ?? "\(captured.path)/output"
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let writing = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, outputPath, writing, 0o666)
    posix_spawn_file_actions_addopen(
      &actions, STDERR_FILENO, errors ?? "\(captured.path)/errors", writing, 0o666)
    // The threads of the tests block signals; a command started by a shell does not.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    // env changes to the folder and then executes the program in the same process.
    var list = (["env", "-C", folder, program] + arguments).map { strdup($0) } + [nil]
    defer { for argument in list { free(argument) } }
    var process = pid_t()
    let code = posix_spawn(&process, "/usr/bin/env", &actions, &attributes, &list, environ)
    guard code == 0 else { throw Fault.notStarted(program, code) }
    self.process = process
  }

  deinit {
    guard status == nil else { return }
    kill(process, SIGKILL)
    waitpid(process, nil, 0)
  }

  /// Runs `docket` to its end.
  ///
  /// - Parameter input: the bytes of standard input.
  static func docket(
    _ arguments: String..., input: [UInt8] = [], output: String? = nil, folder: String = "/"
  ) throws -> Outcome {
    try docket(arguments, input: input, output: output, folder: folder)
  }

  /// Runs `docket` to its end, with a list of arguments.
  static func docket(
    _ arguments: [String], input: [UInt8] = [], output: String? = nil, folder: String = "/"
  ) throws -> Outcome {
    let files = TestFolder()
    let command = try Command(
      arguments, input: try files.file("input", input), output: output, folder: folder)
    return try command.wait()
  }

  /// Runs a shell command line to its end; `$docket` is the path of `docket`.
  static func shell(
    _ line: String, folder: String = "/", within limit: Duration = .seconds(120)
  ) throws -> Outcome {
    try Command(["-c", "docket='\(path)'; \(line)"], program: "/bin/sh", folder: folder)
      .wait(within: limit)
  }

  /// Sends a signal.
  func send(_ signal: Int32) { kill(process, signal) }

  /// The bytes on standard output so far.
  var outputSoFar: [UInt8] { Self.contents(outputPath) }

  /// The text on standard error so far.
  var errorsSoFar: String {
    String(decoding: Self.contents("\(captured.path)/errors"), as: UTF8.self)
  }

  /// Waits until `condition` is true, and returns whether it became true in time.
  func until(
    _ condition: (Command) -> Bool, within limit: Duration = .seconds(60)
  ) -> Bool {
    let end = ContinuousClock.now + limit
    while !condition(self) {
      guard ContinuousClock.now < end else { return false }
      usleep(5_000)
    }
    return true
  }

  /// Waits for the end.
  ///
  /// - Throws: `Fault.tookTooLong` after the time limit; the process is then killed.
  func wait(within limit: Duration = .seconds(120)) throws -> Outcome {
    var status: Int32 = 0
    var peak = 0
    var usage = rusage()
    let isDone = until(
      { command in
        peak = max(peak, command.peakSoFar)
        return wait4(command.process, &status, WNOHANG, &usage) != 0
      }, within: limit)
    guard isDone else { throw Fault.tookTooLong(name, errors: errorsSoFar) }
    self.status = status
    // Equivalent to WIFEXITED and WEXITSTATUS.
    let code = status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
    return Outcome(
      code: code, output: outputSoFar, errors: errorsSoFar, peakMemory: peak,
      processorSeconds: [usage.ru_utime, usage.ru_stime]
        .reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 })
  }

  /// Whether the process has ended, even if nobody has waited for it.
  var hasEnded: Bool { peakSoFar == 0 }

  /// The peak memory so far, in bytes; 0 when the process has ended. The value of `wait4` would
  /// include the memory of the tests, from which the process is forked.
  private var peakSoFar: Int {
    guard let file = fopen("/proc/\(process)/status", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, 256, file) != nil {
      let text = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      guard text.starts(with: "VmHWM:".utf8) else { continue }
      let digits = text.filter { (0x30...0x39).contains($0) }
      return (Int(String(decoding: digits, as: UTF8.self)) ?? 0) << 10
    }
    return 0
  }

  private static func contents(_ path: String) -> [UInt8] {
    (try? InputFile.readAll(path: path, limit: 1 << 28)) ?? []
  }
}
