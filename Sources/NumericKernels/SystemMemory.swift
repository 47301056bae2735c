import Platform

/// Memory mapped directly from the operating system, in whole pages.
package enum SystemMemory {
  /// The size of a huge page: two megabytes.
  package static let hugePageSize = 2 << 20

  /// Requests huge pages wherever a whole one fits within `memory`, to reduce TLB misses and page
  /// faults. This is only a hint; nothing depends on whether the system follows it.
  package static func adviseHugePages(_ memory: UnsafeMutableRawBufferPointer) {
    #if os(Linux)
      guard let start = memory.baseAddress else { return }
      let first = start.alignedUp(toMultipleOf: hugePageSize)
      let last = (start + memory.count).alignedDown(toMultipleOf: hugePageSize)
      if first < last { madvise(first, last - first, MADV_HUGEPAGE) }
    #endif
  }

  /// Maps zeroed memory; `nil` if the system refuses.
  package static func map(byteCount: Int) -> UnsafeMutableRawBufferPointer? {
    let start = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    // MAP_FAILED is -1; not every C library declares it in a form that Swift can import.
    guard let start, Int(bitPattern: start) != -1 else { return nil }
    return UnsafeMutableRawBufferPointer(start: start, count: byteCount)
  }

  /// Returns mapped memory to the system.
  package static func unmap(_ memory: UnsafeMutableRawBufferPointer) {
    munmap(memory.baseAddress, memory.count)
  }
}
