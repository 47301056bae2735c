import Platform

/// Identifies a file or folder independently of its path.
package struct FileIdentity: Hashable {
  private let device: UInt64
  private let number: UInt64

  /// Identifies the file or folder at `path`; `nil` if there is none.
  package init?(of path: String) {
    guard !path.utf8.contains(0), let status = SystemCall.status(of: path) else { return nil }
    self.init(status)
  }

  /// Identifies the regular file that a descriptor refers to; `nil` for anything else, such as a
  /// terminal, a pipe or `/dev/null`.
  package init?(ofFile descriptor: Int32) {
    guard let status = SystemCall.status(of: descriptor), status.st_mode & S_IFMT == S_IFREG else {
      return nil
    }
    self.init(status)
  }

  private init(_ status: stat) {
    device = UInt64(truncatingIfNeeded: status.st_dev)
    number = UInt64(truncatingIfNeeded: status.st_ino)
  }

  /// Returns the identities of the folders that contain `path` or would contain it, from the
  /// innermost to the root.
  package static func folders(containing path: String) -> [FileIdentity] {
    var folder = Folder.split(path).folder
    // Skip folders that do not exist yet: `..` would not lead out of them.
    while !Folder.exists(folder) {
      let parent = Folder.split(folder).folder
      guard parent != folder else { return [] }
      folder = parent
    }
    var found: [FileIdentity] = []
    // The parent of the root is the root.
    while let identity = FileIdentity(of: folder), found.last != identity, found.count < 1000 {
      found.append(identity)
      folder += "/.."
    }
    return found
  }

  /// Returns the path of the file that a descriptor refers to; `nil` if the system does not report
  /// it.
  package static func path(of descriptor: Int32) -> String? {
    guard let path = SystemCall.linkTarget("/proc/self/fd/\(descriptor)"),
      let identity = FileIdentity(ofFile: descriptor), FileIdentity(of: path) == identity
    else { return nil }
    return path
  }
}
