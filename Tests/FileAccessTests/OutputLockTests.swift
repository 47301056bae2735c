import FileAccess
import Glibc
import PipelineCore
import Testing

@Suite("The right to write an output")
struct OutputLockTests {
  let folder = TemporaryFolder()
  var path: String { "\(folder.path)/model" }

  @Test("it is held by one at a time, and given back by its holder's end")
  func exclusive() throws {
    var lock: OutputLock? = try OutputLock(for: path)
    #expect(folder.names == [".model.lock"])
    // A second opening is a second holder for the kernel, as another process is.
    let error = FileError.thrown { _ = try OutputLock(for: path) }
    #expect(error?.fact == .inUse(process: Int(getpid())))
    #expect(error?.category == .cannotCreate)
    #expect(error?.description.contains("\(path): error: another process (\(getpid()))") == true)
    _ = try OutputLock(for: path + "2")
    lock = nil
    #expect(lock == nil && folder.names == [])
    try OutputLock(for: path).release()
  }

  @Test("a lock file that a killed process left is nobody's")
  func stale() throws {
    try AtomicFile.write(path: "\(folder.path)/.model.lock", Array("1\n".utf8))
    let lock = try OutputLock(for: path)
    let error = FileError.thrown { _ = try OutputLock(for: path) }
    #expect(error?.fact == .inUse(process: Int(getpid())))
    lock.release()
    #expect(folder.names == [])
  }

  @Test("where no lock file can be made, there is an error")
  func impossible() {
    let error = FileError.thrown { _ = try OutputLock(for: "/proc/model") }
    #expect(error?.code == "cannot-create")
  }
}
