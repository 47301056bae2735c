import FileAccess
import PipelineFiles

/// Paths as they are written in the pipeline file.
struct DraftPaths {
  private let prefix: String

  /// Creates paths for a pipeline file in `folder`, which is relative to the working directory.
  init(folder: String) {
    let parts = folder.split(separator: "/").filter { $0 != "." }
    // From a subfolder, paths start with one `..` per level. From anywhere else, only absolute
    // paths are safe.
    let isBelow = folder.utf8.first != UInt8(ascii: "/") && !parts.contains("..")
    prefix =
      isBelow ? String(repeating: "../", count: parts.count) : Folder.working + "/"
  }

  /// Returns the path in YAML double quotes.
  func quoted(_ path: String) -> String {
    ResolvedTextWriter.quoted(
      path.utf8.first == UInt8(ascii: "/") ? path : prefix + path)
  }
}
