import FileAccess
import Glibc
import TestSupport
import Testing

@Suite("Identities of files")
struct FileIdentityTests {
  let folder = TestFolder()

  @Test("A file has one identity under all its names")
  func names() throws {
    let file = try folder.file("a", [1])
    let other = try folder.file("b", [1])
    #expect(link(file, "\(folder.path)/hard") == 0)
    #expect(symlink("a", "\(folder.path)/soft") == 0)
    try Folder.make("\(folder.path)/sub")
    let identity = try #require(FileIdentity(of: file))
    for name in ["a", "hard", "soft", "./a", "sub/../a"] {
      #expect(FileIdentity(of: "\(folder.path)/\(name)") == identity, "\(name)")
    }
    #expect(FileIdentity(of: other) != identity)
    for name in ["c", "", "a/", "a\u{0}"] {
      #expect(FileIdentity(of: "\(folder.path)/\(name)") != identity, "\(name)")
    }
  }

  @Test(
    "The folders that contain a path are found, also for paths that do not exist yet",
    arguments: [
      ("f/x", true), ("f/a/x", true), ("f/new/deep/x", true), ("link/x", true),
      ("link/new/x", true),
      ("./f/./x", true), ("g/../f/x", true), ("g/x", false), ("x", false), ("f", false),
      ("fx", false), ("f/../x", false), ("new/x", false),
    ])
  func containing(path: String, isInside: Bool) throws {
    for name in ["f/a", "g"] { try Folder.make("\(folder.path)/\(name)") }
    #expect(symlink("f/a", "\(folder.path)/link") == 0)
    let identity = try #require(FileIdentity(of: "\(folder.path)/f"))
    let found = FileIdentity.folders(containing: "\(folder.path)/\(path)")
    #expect(found.contains(identity) == isInside)
    #expect(found.last == FileIdentity(of: "/"))
  }

  @Test("A descriptor has the identity of its file; pipes and devices have none")
  func descriptors() throws {
    let file = try folder.file("a", [1])
    let descriptor = open(file, O_RDONLY)
    defer { close(descriptor) }
    #expect(FileIdentity(ofFile: descriptor) == FileIdentity(of: file))
    #expect(
      FileIdentity.path(of: descriptor).map { FileIdentity(of: $0) } == FileIdentity(of: file))
    let null = open("/dev/null", O_RDONLY)
    defer { close(null) }
    #expect(FileIdentity(ofFile: null) == nil && FileIdentity.path(of: null) == nil)
    #expect(FileIdentity(ofFile: -1) == nil && FileIdentity.path(of: -1) == nil)
    unlink(file)
    #expect(FileIdentity.path(of: descriptor) == nil)
  }
}
