import ExternalStages
import FileAccess
import Glibc
import PipelineCore
import TestSupport
import Testing

/// Processes, pipes and signals.
@Suite("Processes of programs")
struct ChildProcessTests {
  private let folder = TestFolder()

  /// Returns a text of `size` bytes.
  private static func text(_ size: Int, _ number: Int) -> String {
    let piece = "text \(number) "
    return String(repeating: piece, count: size / piece.utf8.count)
  }

  @Test("Texts of 1 MiB pass through a slow program without a deadlock")
  func slowProgram() throws {
    let slow = TestPrograms.script(.normalizer, "cat | (sleep 0.3; cat) | (sleep 0.2; cat)")
    let texts = (0..<6).map { Self.text(1 << 20, $0) }
    #expect(try ProcessNormalizer(slow, in: folder).results(texts) == texts)
  }

  @Test("A program that does not flush its answers has an error that says so")
  func unflushed() throws {
    let script = TestPrograms.script(.normalizer, "exec dd bs=2M iflag=fullblock 2>/dev/null")
    let stage = try ProcessNormalizer(script, in: folder, timeout: 0.4)
    let error = stage.normalize(batch: [AlignedText("a")])[0].failure
    #expect(error?.code == "program-timeout")
    #expect(error?.sentence.contains("it must flush its output after each line") == true)
  }

  @Test("A program inherits three descriptors and no blocked or ignored signals")
  func inheritance() throws {
    let open = try #require(fopen("/dev/null", "r"))
    defer { fclose(open) }
    signal(SIGPIPE, SIG_IGN)
    let script = TestPrograms.script(
      .normalizer,
      """
      ls /proc/self/fd >'\(folder.path)/descriptors'
      grep -E 'Sig(Blk|Ign)' /proc/self/status >'\(folder.path)/signals'
      exec cat
      """)
    #expect(try ProcessNormalizer(script, in: folder).results(["a"]) == ["a"])
    // The fourth is the folder that ls reads.
    #expect(try folder.lines("descriptors") == ["0", "1", "2", "3"])
    for line in try folder.lines("signals") {
      let signals = try #require(line.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) })
      // The C library keeps signals 32 and 33 for itself.
      #expect(signals & ~(3 << 31) == 0, "\(line)")
    }
  }

  @Test("A program that ends while it is written to does not end this process")
  func brokenPipe() throws {
    signal(SIGPIPE, SIG_DFL)
    defer { signal(SIGPIPE, SIG_IGN) }
    let script = TestPrograms.script(.normalizer, "exec 0<&-; exit 3")
    let stage = try ProcessNormalizer(script, in: folder)
    #expect(stage.results([Self.text(1 << 20, 1)]) == ["(program-ended)"])
  }

  @Test("The processes of a program end with it, and so do their children")
  func processGroup() throws {
    let script = TestPrograms.script(
      .normalizer,
      """
      sleep 1000 &
      echo $! >'\(folder.path)/child'
      echo $$ >'\(folder.path)/process'
      exec cat
      """)
    var stage: ProcessNormalizer? = try ProcessNormalizer(script, in: folder)
    #expect(stage?.results(["a"]) == ["a"])
    let numbers = try (folder.lines("child") + folder.lines("process")).compactMap { pid_t($0) }
    #expect(numbers.count == 2 && numbers.allSatisfy { kill($0, 0) == 0 })
    stage = nil
    // The child is a zombie until its new parent has noticed.
    for _ in 0..<200 where numbers.contains(where: { isRunning($0) }) { usleep(10_000) }
    #expect(numbers.allSatisfy { !isRunning($0) })
    // Not even a zombie is left of our own child.
    #expect(kill(numbers[1], 0) == -1)
  }

  private func isRunning(_ process: pid_t) -> Bool {
    guard let file = fopen("/proc/\(process)/stat", "r") else { return false }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 512)
    guard fgets(&line, 512, file) != nil else { return false }
    let text = String(
      decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return !text.contains(") Z ")
  }

  @Test("A worker starts one process and uses it for all batches")
  func onePerWorker() throws {
    let script = TestPrograms.script(
      .normalizer, "echo $$ >>'\(folder.path)/starts'; exec cat")
    let stage = try ProcessNormalizer(script, in: folder)
    let texts = (0..<100).map { "text \($0)" }
    for _ in 0..<20 { #expect(stage.results(texts) == texts) }
    #expect(try folder.lines("starts").count == 1)
    let results = Shards.map(count: 64, threads: 3) { _ in stage.results(texts) }
    #expect(results.allSatisfy { $0 == texts })
    #expect(try folder.lines("starts").count <= 3)
  }

  @Test("Messages of a program do not block it, however many there are")
  func messages() throws {
    let script = TestPrograms.script(
      .normalizer,
      """
      exec sed -u -n -e 'p;/loud/{e seq 200000 >&2
      }'
      """)
    let stage = try ProcessNormalizer(script, in: folder)
    #expect(stage.results(["loud", "a", "b"]) == ["loud", "a", "b"])
  }
}
