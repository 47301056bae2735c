#if canImport(Glibc)
  import Glibc
#endif

/// Scratch memory of one worker: aligned for vectors, grown when needed, never shrunk.
///
/// Not `Sendable` on purpose: a buffer belongs to the one shard that works with it.
public final class Buffer<Scalar: KernelScalar> {
  /// The first number.
  public private(set) var start: UnsafeMutablePointer<Scalar>
  /// How many numbers there is room for.
  public private(set) var capacity: Int

  /// Room for `count` zeros.
  public init(count: Int = 0) {
    capacity = count
    start = Self.allocate(count)
  }

  /// Two megabytes, the size of a huge page.
  private static var hugePage: Int { 2 << 20 }

  deinit { start.deallocate() }

  /// Makes room for `count` numbers; what was there is lost when it grows, and then all are zero.
  @discardableResult
  public func reserve(_ count: Int) -> UnsafeMutablePointer<Scalar> {
    if count > capacity {
      start.deallocate()
      // A quarter more, so that slowly growing batches do not reallocate each time.
      capacity = count + count / 4
      start = Self.allocate(capacity)
    }
    return start
  }

  /// Makes room for `count` numbers and sets them to zero.
  @discardableResult
  public func zeros(_ count: Int) -> UnsafeMutablePointer<Scalar> {
    reserve(count).update(repeating: 0, count: count)
    return start
  }

  private static func allocate(_ count: Int) -> UnsafeMutablePointer<Scalar> {
    let bytes = max(count, 1) * MemoryLayout<Scalar>.stride
    let isLarge = bytes >= hugePage
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: bytes, alignment: isLarge ? hugePage : 64)
    #if canImport(Glibc)
      // Long documents sweep through megabytes; huge pages spare the processor most of its look-ups
      // of addresses. Only advice: nothing depends on whether the system takes it.
      if isLarge { madvise(raw, bytes, MADV_HUGEPAGE) }
    #endif
    let start = raw.bindMemory(to: Scalar.self, capacity: count)
    start.initialize(repeating: 0, count: count)
    return start
  }
}
