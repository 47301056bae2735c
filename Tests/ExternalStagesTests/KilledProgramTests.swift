import Dispatch
import ExternalStages
import Glibc
import PipelineCore
import Synchronization
import TestSupport
import Testing

/// Processes that are killed at random moments.
///
/// `DOCKET_KILLS=100` runs the long form.
@Suite("Killed programs")
struct KilledProgramTests {
  private let folder = TestFolder()

  /// The numbers of processes that were killed, and whether the killer has finished.
  private struct Kills {
    var count = 0
    var isDone = false
  }

  @Test("Killing processes at random moments loses or changes no result")
  func kills() throws {
    let goal = getenv("DOCKET_KILLS").flatMap { Int(String(cString: $0)) } ?? 10
    let script = TestPrograms.script(
      .tokenizer,
      "echo $$ >>'\(folder.path)/starts'; LC_ALL=C exec sed -u -e '\(TestPrograms.spaces)'")
    let stage = try ProcessTokenizer(script, in: folder)
    let texts = (0..<700).map { "text number \($0) of many" }
    let expected = texts.map { $0.split(separator: " ").map(String.init) }
    let kills = Mutex(Kills())
    let folder = folder
    let finished = DispatchSemaphore(value: 0)
    withoutActuallyEscaping({ () -> Void in
      var generator = SeededGenerator(seed: 7)
      for _ in 0..<goal * 100 where kills.withLock({ $0.count }) < goal {
        usleep(UInt32(generator.next() % 20_000))
        guard let process = Self.child(in: folder) else { continue }
        if kill(process, SIGKILL) == 0 { kills.withLock { $0.count += 1 } }
      }
      kills.withLock { $0.isDone = true }
      finished.signal()
    }) { killer in
      DispatchQueue.global().async(execute: DispatchWorkItem(block: killer))
      var (rounds, errors) = (0, 0)
      while !kills.withLock({ $0.isDone }) {
        rounds += 1
        let parts = Shards.map(count: 2, threads: 2) { _ in stage.results(texts) }
        for results in parts {
          #expect(results.count == expected.count)
          for (result, tokens) in zip(results, expected) where result != tokens {
            // Two kills in a row may hit the same text.
            errors += 1
            #expect(result == ["(program-ended)"])
          }
        }
      }
      finished.wait()
      let count = kills.withLock { $0.count }
      #expect(count == goal)
      #expect(errors <= goal / 2, "\(errors) errors")
      if goal > 10 {
        print("\(count) kills in \(rounds * 2 * texts.count) documents: \(errors) error records")
      }
    }
    // The program is usable afterwards.
    #expect(stage.results(texts) == expected)
  }

  /// Returns one of the last processes that is running and a child of this process.
  private static func child(in folder: TestFolder) -> pid_t? {
    guard let line = try? folder.lines("starts").suffix(2).randomElement(),
      let process = pid_t(line),
      let file = fopen("/proc/\(process)/stat", "r")
    else { return nil }
    defer { fclose(file) }
    var text = [CChar](repeating: 0, count: 512)
    guard fgets(&text, 512, file) != nil else { return nil }
    let fields = String(
      decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self
    )
    .split(separator: " ")
    return fields.count > 3 && fields[2] != "Z" && fields[3] == "\(getpid())" ? process : nil
  }
}
