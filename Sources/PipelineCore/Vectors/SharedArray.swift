/// Numbers in an array, or in memory that another object owns, such as a mapped file.
///
/// Reading in place saves time and memory when a large model is loaded to classify a few documents.
package struct SharedArray<Element: Sendable>: Sendable {
  private enum Storage: Sendable {
    case array([Element])
    /// `address` is an integer because a pointer is not `Sendable`.
    case memory(owner: any AnyObject & Sendable, address: UInt, count: Int)
  }

  private var storage: Storage

  /// Creates a shared array from an array, without copying it.
  package init(_ array: [Element]) { storage = .array(array) }

  /// Creates a shared array from memory that `owner` keeps valid and unchanged.
  ///
  /// - Precondition: `memory` is aligned for its elements.
  package init(
    _ memory: UnsafeBufferPointer<Element>, ownedBy owner: any AnyObject & Sendable
  ) where Element: BitwiseCopyable {
    guard let start = memory.baseAddress, !memory.isEmpty else {
      storage = .array([])
      return
    }
    let address = UInt(bitPattern: start)
    precondition(address % UInt(MemoryLayout<Element>.alignment) == 0, "the memory is not aligned")
    storage = .memory(owner: owner, address: address, count: memory.count)
  }

  /// The number of elements.
  package var count: Int {
    switch storage {
    case .array(let array): array.count
    case .memory(_, _, let count): count
    }
  }

  /// Whether there are no elements.
  package var isEmpty: Bool { count == 0 }

  /// Calls `body` with the elements, which are valid only during the call.
  package func withUnsafeBufferPointer<Result>(
    _ body: (UnsafeBufferPointer<Element>) throws -> Result
  ) rethrows -> Result {
    switch storage {
    case .array(let array):
      return try array.withUnsafeBufferPointer(body)
    case .memory(let owner, let address, let count):
      return try withExtendedLifetime(owner) {
        try body(UnsafeBufferPointer(start: UnsafePointer(bitPattern: address), count: count))
      }
    }
  }

  /// The elements as an array. If another object owns the memory, each read copies the elements;
  /// changes copy them only the first time.
  package var array: [Element] {
    get {
      switch storage {
      case .array(let array): array
      case .memory(_, _, let count): array(0..<count)
      }
    }
    set { storage = .array(newValue) }
    _modify {
      var array = array
      // Leave only one reference, so that the elements are changed in place.
      storage = .array([])
      defer { storage = .array(array) }
      yield &array
    }
  }

  /// Returns the elements in `range` as an array.
  package func array(_ range: Range<Int>) -> [Element] {
    withUnsafeBufferPointer { elements in
      // Copy bytes: this code is not specialized, so copying elements would take one call per
      // element.
      Array(unsafeUninitializedCapacity: range.count) { target, count in
        let source = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: elements[range]))
        UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
        count = range.count
      }
    }
  }
}

extension SharedArray<Float> {
  /// Whether no number is NaN or infinite.
  package var isFinite: Bool {
    withUnsafeBufferPointer { numbers in
      // Avoid a branch per number, so that the compiler can vectorize the loop.
      let largest = numbers.reduce(UInt32(0)) { max($0, $1.bitPattern & 0x7fff_ffff) }
      return largest < 0x7f80_0000
    }
  }
}

extension SharedArray: Equatable where Element: Equatable {
  package static func == (left: SharedArray, right: SharedArray) -> Bool {
    left.withUnsafeBufferPointer { left in
      right.withUnsafeBufferPointer { right in left.elementsEqual(right) }
    }
  }
}
