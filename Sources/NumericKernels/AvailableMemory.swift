#if canImport(Glibc)
  import Glibc
#endif

/// What the system would give.
public enum AvailableMemory {
  /// Whether the system would promise room for `count` values of a type: an array that it refuses ends
  /// the process, so sizes that come from a file are asked about first. A promise costs nothing until
  /// the memory is written.
  public static func holds<Value>(_ type: Value.Type, count: Int) -> Bool {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Value>.stride)
    guard !overflow, bytes >= 0 else { return false }
    #if canImport(Glibc)
      guard bytes > 0 else { return true }
      // Not malloc and free: a compiler may leave such a pair out and take the answer for granted.
      let memory = mmap(
        nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
      // MAP_FAILED
      guard Int(bitPattern: memory) != -1 else { return false }
      munmap(memory, bytes)
    #endif
    return true
  }
}
