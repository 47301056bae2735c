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
    #expect(error?.description.contains("\(path): error: another process (\(getpid()))") == true)
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

  @Test("A lock file that cannot be created is an error")
  func impossible() {
    let error = FileError.thrown { _ = try OutputLock(for: "/proc/model") }
    #expect(error?.code == "cannot-create")
  }
}
