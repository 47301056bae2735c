import FileAccess
import Models
import PipelineCore
import Platform

/// Reads checkpoints. The first byte of the input chooses a checkpoint and the rest describes
/// changes to it; if the first byte is 0xFF, the rest is the file itself.
enum CheckpointTarget {
  static func check(_ input: [UInt8]) throws -> String {
    var rest = FuzzInput(input)
    let choice = rest.byte()
    let original = SmallModels.all[choice % SmallModels.all.count]
    let bytes =
      choice == 0xFF ? Array(rest.rest) : try ModelMutation.apply(rest, to: original.checkpoint)
    mkdir("\(FuzzedFile.folder)/c", 0o700)
    let folder = CheckpointFolder(path: "\(FuzzedFile.folder)/c")
    FuzzedFile.write(bytes, to: folder.file(1))
    do {
      try folder.verify(1)
    } catch let error as any DiagnosableError {
      // The texts in the metadata are not lines of the file, so an error must not have a line.
      if case .line = error.position { throw BrokenPromise(description: "\(error)") }
      if case .byte = error.position { try requirePosition(error.position, inside: bytes) }
      try require(error.category == .badInput, "\(error) blames something else")
      throw error
    }
    guard let state = try folder.newest(for: original.identity) else { return "none" }
    let copy = CheckpointFolder(path: "\(FuzzedFile.folder)/copy")
    FuzzedFile.remove(copy.path)
    try copy.save(state, original.identity)
    let read = try copy.newest(for: original.identity)
    // A file stores its tensors in order of their names.
    var sorted = state
    sorted.tensors.sort { $0.name < $1.name }
    try require(read == sorted, "saved: \(state), read: \(String(describing: read))")
    let saved = try InputFile.readAll(path: copy.file(1), limit: 1 << 22)
    return saved == original.checkpoint ? "the same state" : "read"
  }
}
