import FileAccess

extension FileError {
  /// Returns the `FileError` that `body` throws, or `nil`.
  static func thrown(by body: () throws -> Void) -> FileError? {
    do { try body() } catch { return error as? FileError }
    return nil
  }
}
