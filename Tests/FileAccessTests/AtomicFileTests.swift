import TestSupport
import FileAccess
import Glibc
import PipelineCore
import Testing

@Suite("Atomic files")
struct AtomicFileTests {
  let folder = TestFolder()
  var path: String { "\(folder.path)/result" }

  func content() throws -> String {
    String(decoding: try InputFile.readAll(path: path, limit: 1 << 24), as: UTF8.self)
  }

  @Test("A committed file replaces the old one and keeps its permissions")
  func replaces() throws {
    try AtomicFile.write(path: path, Array("old".utf8))
    #expect(chmod(path, 0o640) == 0)
    let file = try AtomicFile(path: path)
    try file.write("new")
    #expect(try content() == "old")
    #expect(folder.names.count == 2 && folder.names[0].hasPrefix(".result.tmp-"))
    try file.commit()
    #expect(try content() == "new")
    #expect(folder.names == ["result"])
    var status = stat()
    #expect(stat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o640)
  }

  @Test("On a full disk the old file stays and no temporary file is left")
  func full() throws {
    try AtomicFile.write(path: path, Array("old".utf8))
    for size in [3, 3 << 20] {
      let file = try AtomicFile(path: path)
      let full = open("/dev/full", O_WRONLY)
      #expect(dup2(full, file.descriptor) >= 0)
      close(full)
      let error = FileError.thrown {
        try file.write([UInt8](repeating: 1, count: size))
        try file.commit()
      }
      #expect(error?.code == "write-failed")
      #expect(error?.name == path)
      #expect(try content() == "old")
      #expect(folder.names == ["result"])
      #expect(FileError.thrown { try file.write("more") } != nil)
      #expect(FileError.thrown { try file.commit() } != nil)
    }
  }

  @Test("A failed fsync prevents the rename")
  func syncFails() throws {
    try AtomicFile.write(path: path, Array("old".utf8))
    let file = try AtomicFile(path: path)
    try file.write("new")
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    // A pipe accepts the bytes but cannot be synced.
    #expect(dup2(ends[1], file.descriptor) >= 0)
    #expect(FileError.thrown { try file.commit() }?.code == "write-failed")
    for end in ends { close(end) }
    #expect(try content() == "old")
    #expect(folder.names == ["result"])
  }

  @Test("A file that is not committed never appears")
  func abandoned() throws {
    do {
      let file = try AtomicFile(path: path)
      try file.write("half")
    }
    #expect(folder.names == [])
    let file = try AtomicFile(path: path)
    file.abandon()
    #expect(folder.names == [])
  }

  @Test("A second writer of one file in one process is refused")
  func twoWriters() throws {
    let first = try AtomicFile(path: path)
    #expect(FileError.thrown { _ = try AtomicFile(path: path) }?.code == "cannot-create")
    try first.write("first")
    try first.commit()
    #expect(try content() == "first")
    try AtomicFile.write(path: path, Array("second".utf8))
    #expect(try content() == "second")
  }

  @Test("A symbolic link stays, and its target is replaced")
  func link() throws {
    let real = try folder.file("real", [1])
    #expect(symlink("real", path) == 0)
    try AtomicFile.write(path: path, [2])
    #expect(try InputFile.readAll(path: real, limit: 9) == [2])
    #expect(folder.names == ["real", "result"])
  }

  @Test(
    "A symbolic link to a file that does not exist stays, and the file is created",
    arguments: ["real", "./real", "sub/../real", "next", "@/real"])
  func danglingLink(target: String) throws {
    try Folder.make("\(folder.path)/sub")
    #expect(symlink("real", "\(folder.path)/next") == 0)
    let target = target.replacing("@", with: folder.path)
    #expect(symlink(target, path) == 0)
    try AtomicFile.write(path: path, [2])
    #expect(try InputFile.readAll(path: "\(folder.path)/real", limit: 9) == [2])
    #expect(folder.names == ["next", "real", "result", "sub"])
    var status = stat()
    #expect(lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
  }

  @Test(
    "A symbolic link that leads to no file name is refused and stays",
    arguments: ["result", "sub", "missing/", "missing/x", "/dev/null", "/dev/null/x"])
  func brokenLink(target: String) throws {
    try Folder.make("\(folder.path)/sub")
    #expect(symlink(target, path) == 0)
    let error = FileError.thrown { try AtomicFile.write(path: path, [2]) }
    #expect(error?.code == "cannot-create")
    #expect(error?.name == path)
    #expect(folder.names == ["result", "sub"])
  }

  @Test(
    "Special files are never replaced, and paths that cannot be created are refused",
    arguments: ["/dev/full", "/tmp", "/tmp/", "", "/nonexistent/result", "/dev/null/x"])
  func refused(_ path: String) {
    let error = FileError.thrown { try AtomicFile.write(path: path, [1]) }
    #expect(error?.code == "cannot-create")
    #expect(error?.category == .cannotCreate)
  }
}
