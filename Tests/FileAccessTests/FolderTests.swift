import TestSupport
import FileAccess
import Glibc
import PipelineCore
import Testing

@Suite("Folders")
struct FolderTests {
  let folder = TestFolder()

  @Test("Names are sorted by bytes, and a missing folder is an error")
  func names() throws {
    for name in ["b", "a", "Z", "é"] { _ = try folder.file(name, []) }
    #expect(try Folder.names(in: folder.path) == ["Z", "a", "b", "é"])
    #expect(FileError.thrown { _ = try Folder.names(in: "/nonexistent") }?.code == "file-missing")
    let file = "\(folder.path)/a"
    #expect(FileError.thrown { _ = try Folder.names(in: file) }?.code == "file-unreadable")
  }

  @Test("A folder is created with its parents, and creating it again has no effect")
  func make() throws {
    let path = "\(folder.path)/x/y/"
    try Folder.make(path)
    try Folder.make(path)
    #expect(Folder.exists(path))
    rmdir(path)
    rmdir("\(folder.path)/x")
    let file = try folder.file("file", [])
    #expect(FileError.thrown { try Folder.make("\(file)/z") }?.code == "cannot-create")
  }

  @Test(
    "A path is split at its last slash",
    arguments: [("a", ".", "a"), ("/a", "/", "a"), ("a/b", "a", "b"), ("/a/b/c", "/a/b", "c")])
  func split(_ path: String, _ name: String, _ rest: String) {
    #expect(Folder.split(path) == (name, rest))
  }
}
