import TestSupport
import FileAccess
import Glibc
import PipelineCore
import Testing

@Suite("Output locks")
struct OutputLockTests {
  let folder = TestFolder()
  var path: String { "\(folder.path)/model" }

  @Test("A lock has one holder at a time and is released with its holder")
  func exclusive() throws {
    var lock: OutputLock? = try OutputLock(for: path)
    #expect(folder.names == [".model.lock"])
    // To the kernel, a second open file is a second holder, just like another process.
    let error = FileError.thrown { _ = try OutputLock(for: path) }
    #expect(error?.fact == .inUse(process: Int(getpid())))
    #expect(error?.category == .cannotCreate)
    #expect(
      error?.description.contains("\(path): error: another process (PID \(getpid()))") == true)
    _ = try OutputLock(for: path + "2")
    lock = nil
    #expect(lock == nil && folder.names == [])
    try OutputLock(for: path).release()
  }

  @Test("A lock file left by a killed process is not locked")
  func stale() throws {
    try AtomicFile.write(path: "\(folder.path)/.model.lock", Array("1\n".utf8))
    let lock = try OutputLock(for: path)
    let error = FileError.thrown { _ = try OutputLock(for: path) }
    #expect(error?.fact == .inUse(process: Int(getpid())))
    lock.release()
    #expect(folder.names == [])
  }

  @Test(
    "A file that is not a lock is neither changed nor deleted",
    arguments: ["notes\n", "12 apples", "123456789012345678901", "{}", "\u{0}", "-1\n"])
  func foreign(text: String) throws {
    let file = try folder.file(".model.lock", Array(text.utf8))
    let error = FileError.thrown { _ = try OutputLock(for: path) }
    #expect(error?.code == "cannot-create")
    #expect(error?.name == file)
    #expect(try InputFile.readAll(path: file, limit: 99) == Array(text.utf8))
  }

  @Test("Releasing a lock whose file was replaced leaves the new file alone")
  func replaced() throws {
    let lock = try OutputLock(for: path)
    unlink("\(folder.path)/.model.lock")
    let second = try OutputLock(for: path)
    lock.release()
    #expect(folder.names == [".model.lock"])
    #expect(FileError.thrown { _ = try OutputLock(for: path) }?.code == "output-in-use")
    second.release()
    #expect(folder.names == [])
  }

  @Test("A message names the output, not the path that is locked")
  func name() throws {
    let lock = try OutputLock(for: path)
    let error = FileError.thrown { _ = try OutputLock(for: path, name: "model.docket") }
    #expect(error?.name == "model.docket")
    lock.release()
  }

  @Test("A lock file that cannot be created is an error")
  func impossible() {
    let error = FileError.thrown { _ = try OutputLock(for: "/proc/model") }
    #expect(error?.code == "cannot-create")
  }
}
