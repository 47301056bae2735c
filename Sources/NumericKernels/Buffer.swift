/// Scratch memory of one worker: aligned for vectors, grown when needed, never shrunk.
///
/// Not `Sendable` on purpose: a buffer belongs to the one shard that works with it.
public final class Buffer<Scalar: KernelScalar> {
  private var room: ZeroedMemory

  /// Room for `count` zeros.
  public init(count: Int = 0) {
    room = ZeroedMemory(byteCount: count * MemoryLayout<Scalar>.stride)
  }

  deinit { room.deallocate() }

  /// The first number.
  public var start: UnsafeMutablePointer<Scalar> {
    room.start.assumingMemoryBound(to: Scalar.self)
  }

  /// How many numbers there is room for.
  public var capacity: Int { room.byteCount / MemoryLayout<Scalar>.stride }

  /// Makes room for `count` numbers; what was there is lost when it grows, and then all are zero.
  @discardableResult
  public func reserve(_ count: Int) -> UnsafeMutablePointer<Scalar> {
    if count > capacity {
      room.deallocate()
      // A quarter more, so that slowly growing batches do not reallocate each time. What is never
      // written takes no memory if it is much.
      room = ZeroedMemory(byteCount: (count + count / 4) * MemoryLayout<Scalar>.stride)
    }
    return start
  }

  /// Makes room for `count` numbers and sets them to zero.
  @discardableResult
  public func zeros(_ count: Int) -> UnsafeMutablePointer<Scalar> {
    let start = UnsafeMutableRawPointer(reserve(count))
    // Byte by byte: number by number it would take a call for each, as nothing here is specialized.
    start.initializeMemory(
      as: UInt8.self, repeating: 0, count: count * MemoryLayout<Scalar>.stride)
    return self.start
  }
}
