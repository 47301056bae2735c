import Glibc
import Synchronization

/// The name of a file in the making, held by one writer of this process at a time.
final class TemporaryName {
  /// The names that writers of this process hold.
  private static let held = Mutex<Set<String>>([])

  /// `.<name>.tmp-<pid>` in the folder of the file it will become.
  let path: String
  private var isHeld = true

  /// Takes the name for a file at `target`, and removes what dead processes left for it.
  init(beside target: String) throws {
    let (folder, name) = Folder.split(target)
    path = "\(folder)/.\(name).tmp-\(getpid())"
    let (isNew, path) = (Self.held.withLock { [path] in $0.insert(path).inserted }, path)
    guard isNew else {
      isHeld = false
      throw FileError(.cannotCreate("this process is writing it already"), in: target)
    }
    // Nobody here holds it, so it is from an earlier process that had our number.
    unlink(path)
    Self.removeStale(prefix: ".\(name).tmp-", in: folder)
  }

  deinit { release() }

  /// Deletes the file, if it is there, and lets the name go.
  func remove() {
    if isHeld { unlink(path) }
    release()
  }

  /// Lets the name go.
  func release() {
    if isHeld { Self.held.withLock { [path] in _ = $0.remove(path) } }
    isHeld = false
  }

  /// Removes the files of `folder` whose name is `prefix` and the number of a process that is gone.
  private static func removeStale(prefix: String, in folder: String) {
    // A folder that cannot be listed may still be written to; then stale files stay.
    for name in (try? Folder.names(in: folder)) ?? [] where name.utf8.starts(with: prefix.utf8) {
      let number = String(decoding: name.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
      guard let process = pid_t(number), process > 0,
        kill(process, 0) != 0, errno == ESRCH
      else { continue }
      unlink("\(folder)/\(name)")
    }
  }
}
