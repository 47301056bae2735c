import Docket
import Foundation
import LoopbackClient

/// The built `docket-serve`, run as a process of its own.
final class TestServer {
  /// A server that did not start or end as expected.
  struct Fault: Error { let text: String }

  /// The folder of the test bundle, which also contains the programs.
  static let programs: String = {
    let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return (path as NSString).deletingLastPathComponent
  }()

  let port: Int
  private let process: pid_t
  private let folder: TestFolder
  private var status: Int32?

  /// Starts a server on a free port and waits until it listens.
  init(_ arguments: [String]) throws {
    folder = try TestFolder()
    process = try Self.spawn(
      Self.programs + "/docket-serve", arguments + ["--port", "0"], output: folder.path + "/output",
      errors: folder.path + "/errors")
    let mark = "listening on http://127.0.0.1:"
    for _ in 0..<6_000 {
      let text = (try? String(contentsOfFile: folder.path + "/errors", encoding: .utf8)) ?? ""
      if let range = text.range(of: mark), text[range.upperBound...].contains("\n") {
        port = Int(text[range.upperBound...].prefix { $0.isNumber }) ?? 0
        return
      }
      var status: Int32 = 0
      if waitpid(process, &status, WNOHANG) == process {
        throw Fault(text: "ended with \(status >> 8): \(text)")
      }
      usleep(10_000)
    }
    kill(process, SIGKILL)
    throw Fault(text: "does not listen")
  }

  deinit {
    guard status == nil else { return }
    kill(process, SIGKILL)
    var status: Int32 = 0
    waitpid(process, &status, 0)
  }

  /// What the server has written to standard error.
  var log: String {
    (try? String(contentsOfFile: folder.path + "/errors", encoding: .utf8)) ?? ""
  }

  /// Sends a signal.
  func signal(_ number: Int32) { kill(process, number) }

  /// Waits until the server ends, and returns its exit code, or minus the signal.
  func wait() throws -> Int32 {
    for _ in 0..<6_000 {
      var code: Int32 = 0
      if waitpid(process, &code, WNOHANG) == process {
        status = code
        return code & 0x7F == 0 ? code >> 8 : -(code & 0x7F)
      }
      usleep(10_000)
    }
    throw Fault(text: "does not end: \(log)")
  }

  /// Sends one request on a connection of its own.
  func reply(
    _ method: String, _ path: String, _ headers: [String] = [], body: String? = nil
  ) throws -> HTTPReply {
    try HTTPConnection(port: port).reply(
      method, path, headers: headers, body: body.map { Array($0.utf8) })
  }

  /// Sends documents.
  func post(
    _ path: String, _ body: String, type: String = "application/json", _ headers: [String] = []
  ) throws -> HTTPReply {
    try reply("POST", path, ["Content-Type: \(type)"] + headers, body: body)
  }

  /// Waits until a condition about the server holds.
  static func wait(_ what: String, until holds: () throws -> Bool) throws {
    for _ in 0..<3_000 {
      if try holds() { return }
      usleep(10_000)
    }
    throw Fault(text: "never: \(what)")
  }

  /// Runs a program to its end; returns its exit code.
  static func run(
    _ program: String, _ arguments: [String], input: String = "/dev/null", output: String
  ) throws -> Int32 {
    let process = try spawn(
      program, arguments, input: input, output: output, errors: "/dev/null")
    var status: Int32 = 0
    waitpid(process, &status, 0)
    return status & 0x7F == 0 ? status >> 8 : -(status & 0x7F)
  }

  /// Starts a program.
  static func spawn(
    _ program: String, _ arguments: [String], input: String = "/dev/null", output: String,
    errors: String
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let writing = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, writing, 0o666)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, writing, 0o666)
    // The threads of the tests block signals.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var list = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for argument in list { free(argument) } }
    var process = pid_t()
    let code = posix_spawn(&process, program, &actions, &attributes, &list, environ)
    guard code == 0 else { throw Fault(text: "\(program) does not start: \(code)") }
    return process
  }
}

/// A folder that is deleted at the end of the test.
final class TestFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/docket-serve-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and returns its path.
  func file(_ name: String, _ text: String) throws -> String {
    let path = "\(path)/\(name)"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    return path
  }
}

/// Runs a body on `count` threads at once and returns the results in order.
func onThreads<Value: Sendable>(
  _ count: Int, _ body: @escaping @Sendable (Int) -> Value
) -> [Value] {
  let results = Collected<Value>()
  let group = DispatchGroup()
  for number in 0..<count {
    group.enter()
    Thread.detachNewThread {
      results.add(number, body(number))
      group.leave()
    }
  }
  group.wait()
  return results.sorted
}
