#if canImport(Glibc)
  import Glibc
#endif

/// Large pages for large memory: fewer look-ups of addresses, and fewer faults where it is first
/// written.
public enum HugePages {
  /// Two megabytes, the size of a huge page.
  public static let size = 2 << 20

  /// Asks the system for huge pages wherever whole ones lie within `memory`. Only advice: nothing
  /// depends on whether the system takes it.
  public static func advise(_ memory: UnsafeMutableRawBufferPointer) {
    #if canImport(Glibc)
      guard let start = memory.baseAddress else { return }
      let first = start.alignedUp(toMultipleOf: size)
      let last = (start + memory.count).alignedDown(toMultipleOf: size)
      if first < last { madvise(first, last - first, MADV_HUGEPAGE) }
    #endif
  }
}
