#if canImport(Glibc)
  import Glibc
#endif

/// Memory that is zero and begins at a cache line; large pieces come from the system page by page, as
/// they are first written to, and go back to it at once.
///
/// Its owner deallocates it.
struct ZeroedMemory {
  let start: UnsafeMutableRawPointer
  let byteCount: Int
  /// What was asked of the system, around `start`.
  private var mapping: (start: UnsafeMutableRawPointer, byteCount: Int)?

  init(byteCount: Int) {
    self.byteCount = byteCount
    // Many buffers are never used: an address for them must cost nothing.
    if byteCount == 0, let nowhere = UnsafeMutableRawPointer(bitPattern: 64) {
      start = nowhere
      return
    }
    #if canImport(Glibc)
      if byteCount >= HugePages.size, let mapping = Self.map(byteCount + HugePages.size) {
        self.mapping = mapping
        start = mapping.start.alignedUp(toMultipleOf: HugePages.size)
        // Long documents sweep through megabytes.
        HugePages.advise(UnsafeMutableRawBufferPointer(start: start, count: byteCount))
        return
      }
    #endif
    start = .allocate(byteCount: byteCount, alignment: 64)
    start.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
  }

  func deallocate() {
    guard byteCount > 0 else { return }
    #if canImport(Glibc)
      if let mapping {
        munmap(mapping.start, mapping.byteCount)
        return
      }
    #endif
    start.deallocate()
  }

  #if canImport(Glibc)
    private static func map(
      _ byteCount: Int
    ) -> (start: UnsafeMutableRawPointer, byteCount: Int)? {
      let start = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
      guard let start, start != MAP_FAILED else { return nil }
      return (start, byteCount)
    }
  #endif
}
