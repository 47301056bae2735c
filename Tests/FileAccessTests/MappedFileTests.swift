import TestSupport
import FileAccess
import Glibc
import PipelineCore
import Testing

@Suite("Mapped files")
struct MappedFileTests {
  let folder = TestFolder()

  @Test("A mapping holds the bytes of the file, even after the file is replaced")
  func bytes() throws {
    let path = try folder.file("mapped", [1, 2, 3])
    let file = try MappedFile(path: path)
    try AtomicFile.write(path: path, [4])
    #expect(file.size == 3)
    #expect(file.withBytes { Array($0) } == [1, 2, 3])
    let empty = try MappedFile(path: try folder.file("empty", []))
    #expect(empty.withBytes { $0.isEmpty })
  }

  @Test("Folders, pipes and missing files are refused without blocking")
  func refused() throws {
    let pipe = "\(folder.path)/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    let cases = [
      (folder.path, "not-a-regular-file"), (pipe, "not-a-regular-file"),
      ("\(folder.path)/none", "file-missing"), ("\(pipe)/below", "file-missing"),
    ]
    for (path, code) in cases {
      #expect(FileError.thrown { _ = try MappedFile(path: path) }?.code == code, "\(path)")
    }
  }

  @Test("A watched file that is truncated does not end the process, and counts as changed")
  func truncated() throws {
    let path = try folder.file("truncated", Array(repeating: 7, count: 100_000))
    let file = try MappedFile(path: path, isWatched: true)
    let sum = { file.withBytes { bytes in bytes.reduce(0) { $0 + Int($1) } } }
    #expect(sum() == 700_000)
    try file.checkUnchanged()
    #expect(truncate(path, 10_000) == 0)
    // The page with the new end is still there; all others are zeros.
    #expect(sum() == 70_000)
    #expect(FileError.thrown { try file.checkUnchanged() }?.code == "changed-while-reading")
    // The file has changed even if its size is restored.
    #expect(truncate(path, 100_000) == 0)
    #expect(FileError.thrown { try file.checkUnchanged() }?.code == "changed-while-reading")
  }

  @Test("Two watched files are told apart, and memory that is no longer watched is forgotten")
  func severalWatched() throws {
    for number in 0..<3 {
      let one = try folder.file("one \(number)", Array(repeating: 1, count: 50_000))
      let other = try folder.file("other \(number)", Array(repeating: 2, count: 50_000))
      let files = try [one, other].map { try MappedFile(path: $0, isWatched: true) }
      #expect(truncate(other, 0) == 0)
      #expect(files[1].withBytes { bytes in bytes.reduce(0) { $0 + Int($1) } } == 0)
      #expect(files[0].withBytes { bytes in bytes.reduce(0) { $0 + Int($1) } } == 50_000)
      try files[0].checkUnchanged()
      #expect(FileError.thrown { try files[1].checkUnchanged() } != nil)
    }
  }

  @Test("Writing to a watched file is noticed, replacing it by renaming is not a change")
  func written() throws {
    let path = try folder.file("written", Array(repeating: 7, count: 10_000))
    try folder.setModified("written", secondsAgo: 60)
    let file = try MappedFile(path: path, isWatched: true)
    #expect(!file.isFresh)
    try AtomicFile.write(path: path, [4])
    try file.checkUnchanged()
    let other = try MappedFile(path: path, isWatched: true)
    #expect(other.isFresh)
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    defer { close(descriptor) }
    usleep(20_000)
    #expect(write(descriptor, [5], 1) == 1)
    #expect(FileError.thrown { try other.checkUnchanged() }?.code == "changed-while-reading")
    try file.checkUnchanged()
  }
}
