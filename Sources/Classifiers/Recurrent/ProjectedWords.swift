import Learning
import NumericKernels
import PipelineCore

/// The word vectors of a table, projected by each direction of the first layer, so that classifying
/// does not have to compute the input product of that layer.
///
/// A word is projected when it first occurs, because a document has about thirty words and a table
/// has tens of thousands. A row is bitwise identical no matter when it is projected.
final class ProjectedWords: Sendable {
  /// For each direction, the address of its projected rows, `[V + 1, G H]`, in the order in which
  /// the words first occurred. Pages that have not been written take no memory.
  private let addresses: [UInt]
  /// The size of one direction's rows in bytes.
  private let byteCount: Int
  private let known: Guarded<Known>

  /// The projected words.
  private struct Known: Sendable {
    /// The position of each table row among the projected rows, plus 1; 0 if it is not projected.
    var places: [Int32]
    var count: Int32 = 0
  }

  /// The number of words that a thread projects at a time.
  private static let block = 64

  /// Reserves address space for all words of a network; returns `nil` if they would take more than
  /// `limit` bytes or if the system refuses.
  init?(of network: RecurrentNetwork<Float>, limit: Int) {
    guard let layer = network.layers.first else { return nil }
    let rows = network.weights.rowCount
    let width = layer.directions.map(\.gateWidth).max() ?? 0
    byteCount = rows * width * MemoryLayout<Float>.stride
    guard byteCount > 0, byteCount * layer.directions.count <= limit else { return nil }
    var addresses: [UInt] = []
    for _ in layer.directions {
      guard let memory = SystemMemory.map(byteCount: byteCount) else { break }
      addresses.append(UInt(bitPattern: memory.baseAddress))
    }
    self.addresses = addresses
    known = Guarded(Known(places: Array(repeating: 0, count: rows)))
    if addresses.count < layer.directions.count { return nil }
  }

  deinit {
    for address in addresses {
      SystemMemory.unmap(
        UnsafeMutableRawBufferPointer(
          start: UnsafeMutableRawPointer(bitPattern: address), count: byteCount))
    }
  }

  /// The projected rows of each direction.
  var rows: [UnsafePointer<Float>] { addresses.compactMap { UnsafePointer(bitPattern: $0) } }

  /// Projects those words of the documents that have not been projected yet.
  ///
  /// - Returns: the position of each table row among `rows`, plus 1. Only the entries for rows in
  ///   `documents` are defined.
  func project(
    _ documents: some Sequence<[Int32]>, with network: RecurrentNetwork<Float>, threads: Int
  ) -> [Int32] {
    known.withLock { known in
      let first = Int(known.count)
      var new: [Int32] = []
      known.places.withUnsafeMutableBufferPointer { places in
        for document in documents {
          for row in document where places[Int(row)] == 0 {
            known.count += 1
            places[Int(row)] = known.count
            new.append(row)
          }
        }
      }
      let words = new
      let blocks = Shards.ranges(of: words.count, size: Self.block)
      _ = Shards.map(count: blocks.count, threads: threads) { number in
        project(words[blocks[number]], to: first + blocks[number].lowerBound, network)
      }
      return known.places
    }
  }

  /// Projects rows of the table to consecutive positions, starting at `place`.
  private func project(
    _ words: ArraySlice<Int32>, to place: Int, _ network: RecurrentNetwork<Float>
  ) {
    let width = network.weights.vectorWidth
    let vectors = Buffer<Float>(count: words.count * width)
    network.weights.withPointers { parameters, table in
      for (number, row) in words.enumerated() {
        (vectors.start + number * width).update(from: table + Int(row) * width, count: width)
      }
      for (direction, address) in zip(network.layers[0].directions, addresses) {
        guard let rows = UnsafeMutablePointer<Float>(bitPattern: address) else { continue }
        direction.input.forward(
          vectors.start, count: words.count, parameters: parameters,
          into: rows + place * direction.gateWidth)
      }
    }
  }
}
