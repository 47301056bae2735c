import FileAccess
import Glibc
import PipelineCore
import TestSupport
import Testing

/// The temporary files of `AtomicFile`.
@Suite("Temporary files")
struct TemporaryFileTests {
  let folder = TestFolder()
  var path: String { "\(folder.path)/result" }

  /// The names of temporary files in the folder.
  private var temporaries: [String] { folder.names.filter { $0.contains(".tmp-") } }

  @Test("A temporary file that nobody has locked is deleted by the next writer")
  func stale() throws {
    let dead = try folder.file(".result.tmp-0123456789abcdef", [1])
    try AtomicFile.write(path: path, [2])
    #expect(access(dead, F_OK) != 0)
    #expect(folder.names == ["result"])
  }

  @Test("A temporary file that another writer has locked stays until its writer is dead")
  func locked() throws {
    let other = try folder.file(".result.tmp-fedcba9876543210", [1])
    // To the kernel, a second open file is a second holder, just like another process.
    let descriptor = open(other, O_WRONLY)
    #expect(flock(descriptor, LOCK_EX) == 0)
    try AtomicFile.write(path: path, [2])
    #expect(folder.names == [".result.tmp-fedcba9876543210", "result"])
    close(descriptor)
    try AtomicFile.write(path: path, [3])
    #expect(folder.names == ["result"])
  }

  @Test("A writer at work has locked its file, whatever the process IDs")
  func lockedAtWork() throws {
    let file = try AtomicFile(path: path)
    let name = try #require(temporaries.first)
    let descriptor = open("\(folder.path)/\(name)", O_WRONLY)
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) != 0)
    try file.commit()
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    close(descriptor)
    #expect(folder.names == ["result"])
  }

  @Test(
    "Files that have no name of a temporary file of this result are left alone",
    arguments: [
      ".result.tmp-2000000000", ".result.tmp-x", ".result.tmp-0123456789ABCDEF",
      ".result.tmp-0123456789abcde", ".result.tmp-0123456789abcdef0", "result.tmp-0123456789abcdef",
      ".other.tmp-0123456789abcdef", ".result.tmp-0123456789abcde/", "..tmp-0123456789abcdef",
      ".result2.tmp-0123456789abcdef", ".result.tmp-notes-of-my-own",
    ])
  func foreign(name: String) throws {
    if name.hasSuffix("/") {
      try Folder.make("\(folder.path)/\(name)")
    } else {
      _ = try folder.file(name, [1])
    }
    let before = folder.names
    try AtomicFile.write(path: path, [2])
    #expect(folder.names == (before + ["result"]).sorted())
  }

  @Test("A folder, a pipe and a symbolic link with such a name are left alone")
  func special() throws {
    let names = (0..<3).map { ".result.tmp-000000000000000\($0)" }
    let paths = names.map { "\(folder.path)/\($0)" }
    try Folder.make(paths[0])
    #expect(mkfifo(paths[1], 0o600) == 0)
    let real = try folder.file("real", [7])
    #expect(symlink("real", paths[2]) == 0)
    try AtomicFile.write(path: path, [2])
    #expect(folder.names == names + ["real", "result"])
    #expect(try InputFile.readAll(path: real, limit: 9) == [7])
  }

  @Test("Of many writers in many processes each leaves a complete file")
  func manyWriters() throws {
    // Each child writes a file of one byte value, in many pieces.
    let children = (1...6).map { number in
      (number: number, first: try? AtomicFile(path: "\(path)\(number)"))
    }
    #expect(children.allSatisfy { $0.first != nil })
    #expect(Set(temporaries).count == 6)
    for child in children {
      for _ in 0..<50 {
        try child.first?.write([UInt8](repeating: UInt8(child.number), count: 999))
      }
      try child.first?.commit()
    }
    #expect(temporaries.isEmpty && folder.names.count == 6)
  }
}
