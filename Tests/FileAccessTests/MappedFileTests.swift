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
}
