/// Scratch memory for one worker: aligned for vectors, grown on demand, never shrunk.
///
/// Deliberately not `Sendable`: a buffer belongs to the worker that uses it.
public final class Buffer<Scalar: KernelScalar> {
  private var memory: ZeroedMemory

  /// Creates a buffer of `count` zeros.
  public init(count: Int = 0) {
    memory = ZeroedMemory(byteCount: count * MemoryLayout<Scalar>.stride)
  }

  deinit { memory.deallocate() }

  /// A pointer to the first element.
  public var start: UnsafeMutablePointer<Scalar> {
    memory.start.assumingMemoryBound(to: Scalar.self)
  }

  /// The number of elements that fit in the buffer.
  public var capacity: Int { memory.byteCount / MemoryLayout<Scalar>.stride }

  /// Makes room for `count` elements. If the buffer grows, its contents are replaced with zeros.
  @discardableResult
  public func reserve(_ count: Int) -> UnsafeMutablePointer<Scalar> {
    if count > capacity {
      memory.deallocate()
      // Reserve a quarter more, so that slowly growing batches do not reallocate each time. Pages
      // of a large buffer that are never written take no memory.
      memory = ZeroedMemory(byteCount: (count + count / 4) * MemoryLayout<Scalar>.stride)
    }
    return start
  }

  /// Makes room for `count` elements and sets them to zero.
  @discardableResult
  public func zeros(_ count: Int) -> UnsafeMutablePointer<Scalar> {
    let start = UnsafeMutableRawPointer(reserve(count))
    // Clear bytes, because this code is not specialized and clearing elements would take a call for
    // each.
    start.initializeMemory(
      as: UInt8.self, repeating: 0, count: count * MemoryLayout<Scalar>.stride)
    return self.start
  }
}

/// Zeroed memory, aligned to a cache line. Large blocks are mapped, so the system provides each
/// page when it is first written and releases all pages at once. The owner deallocates the memory.
private struct ZeroedMemory {
  let start: UnsafeMutableRawPointer
  let byteCount: Int
  /// The mapped memory that contains `start`, if it is mapped.
  private var mapping: UnsafeMutableRawBufferPointer?

  init(byteCount: Int) {
    self.byteCount = byteCount
    // Many buffers are never used, so an empty one allocates nothing.
    if byteCount == 0, let nowhere = UnsafeMutableRawPointer(bitPattern: 64) {
      start = nowhere
      return
    }
    let hugePage = SystemMemory.hugePageSize
    if byteCount >= hugePage, let mapping = SystemMemory.map(byteCount: byteCount + hugePage),
      let base = mapping.baseAddress
    {
      self.mapping = mapping
      start = base.alignedUp(toMultipleOf: hugePage)
      // Long documents read and write megabytes sequentially.
      SystemMemory.adviseHugePages(UnsafeMutableRawBufferPointer(start: start, count: byteCount))
      return
    }
    start = .allocate(byteCount: byteCount, alignment: 64)
    start.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
  }

  func deallocate() {
    guard byteCount > 0 else { return }
    if let mapping { SystemMemory.unmap(mapping) } else { start.deallocate() }
  }
}
