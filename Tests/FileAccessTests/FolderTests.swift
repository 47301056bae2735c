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

  @Test("What is a folder and what is a link is told apart")
  func kinds() throws {
    let file = try folder.file("file", [])
    #expect(symlink("file", "\(folder.path)/link") == 0)
    #expect(symlink(".", "\(folder.path)/self") == 0)
    #expect(try Folder.isFolder(folder.path) && !Folder.isLink(folder.path))
    #expect(try Folder.isFolder("\(folder.path)/self") && Folder.isLink("\(folder.path)/self"))
    #expect(Folder.isLink("\(folder.path)/link") && !Folder.isLink(file))
    for path in [file, "\(folder.path)/link", "\(folder.path)/none", "\(file)/x"] {
      #expect(try !Folder.isFolder(path))
    }
    let long = folder.path + "/" + String(repeating: "x", count: 300)
    #expect(FileError.thrown { _ = try Folder.isFolder(long) }?.code == "file-unreadable")
  }

  @Test(
    "A path is split at its last slash",
    arguments: [("a", ".", "a"), ("/a", "/", "a"), ("a/b", "a", "b"), ("/a/b/c", "/a/b", "c")])
  func split(_ path: String, _ name: String, _ rest: String) {
    #expect(Folder.split(path) == (name, rest))
  }
}
