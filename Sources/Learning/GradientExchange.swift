import NumericKernels
import PipelineCore

/// Sums the gradients of a minibatch whose shards are computed by several processes.
///
/// Floating-point sums depend on their order, so the shards are added in the same order as in one
/// process: `((s0 + s1) + s2) + ...`. Rank `r` owns consecutive shards. It receives the sum over
/// all earlier shards from rank `r - 1`, adds its own one by one, and sends the result to rank
/// `r + 1`. The last owner has the whole sum, which travels back the same way, and also on to the
/// ranks without a shard. Everything is sent in pieces, so all ranks add and send at the same time:
///
///     piece 2:  s0 -> + s1 -> ...
///     piece 1:        s0 + s1 -> + s2 -> ...
///     piece 0:                   s0 + s1 + s2 -> back to rank 1 -> back to rank 0
///
/// The gradients of word vectors travel as rows: first the row numbers of the words, then the
/// values of each row.
final class GradientExchange {
  /// The number of floats in a piece: 32 KB, which MPI sends at once. Before sending a larger
  /// message, it waits for the receiver to be ready, and the receiver's answer would wait behind
  /// the pieces that travel the other way.
  private static let pieceSize = 8_192

  private let group: any ProcessGroup
  /// Whether any rank with a shard was asked to stop during the last sum.
  private(set) var isStopRequested = false
  /// A piece of the sum over the earlier shards.
  private let received = Buffer<Float>()
  /// The sum of the rows over the shards so far, on ranks before the last owner.
  private let partialRows = Buffer<Float>()

  init(_ group: any ProcessGroup) { self.group = group }

  /// Whether this process saves checkpoints.
  var isWriter: Bool { group.rank == 0 }

  /// Returns the shards of a minibatch of `count` shards that this process computes.
  func share(of count: Int) -> Range<Int> {
    let (rank, owners) = (group.rank, min(group.count, count))
    guard rank < owners else { return count..<count }
    return rank * count / owners..<(rank + 1) * count / owners
  }

  /// The header that is sent before the pieces of a sum.
  private struct Head {
    var loss = 0.0
    var stops = false
    var rows: [Int32] = []
  }

  /// A range of the parameters, or of the values of the rows.
  private struct Piece {
    var isRows: Bool
    var range: Range<Int>
  }

  /// The role of this process in a sum.
  private struct Place {
    /// The rank that sends the sum over the earlier shards; `nil` on the first owner and on ranks
    /// without a shard.
    var earlier: Int?
    /// The rank that adds the next shards; `nil` on the last owner and on ranks without a shard.
    var later: Int?
    /// The rank that sends the whole sum; `nil` on the last owner.
    var source: Int?
    /// The ranks that receive the whole sum from this one.
    var targets: [Int] = []
    /// The number of pieces to add before waiting for the whole sum of the first piece. It covers
    /// the time that a piece takes to reach the last owner and come back, and is never smaller than
    /// on later ranks.
    var window = 0
    var isOwner: Bool

    init(rank: Int, of count: Int, owners: Int) {
      isOwner = rank < owners
      if isOwner, rank > 0 {
        earlier = rank - 1
        targets.append(rank - 1)
      }
      if rank + 1 < owners {
        (later, source) = (rank + 1, rank + 1)
        window = 10 * (owners - 1 - rank)
      } else if rank + 1 < count {
        targets.append(rank + 1)
      }
      if !isOwner { source = rank - 1 }
    }
  }

  /// Sums the gradients of all shards of a minibatch. The sum replaces the parameters of the first
  /// element of `gradients` and the rows of `reduction`.
  ///
  /// - Parameters:
  ///   - shardCount: the number of shards of the minibatch.
  ///   - losses: the loss of each shard of this process.
  ///   - gradients: the gradients of these shards; if there are none, memory for the sum.
  ///   - weights: the weights of the network.
  ///   - reduction: receives the rows.
  ///   - stops: whether this process was asked to stop.
  /// - Returns: the sum of the losses of all shards.
  /// - Throws: `ProcessGroupError`; any error from the group.
  func sum(
    of shardCount: Int, losses: [Double], _ gradients: ArraySlice<ShardGradients<Float>>,
    _ weights: NetworkWeights<Float>, _ reduction: inout GradientReduction, stops: Bool
  ) throws -> Double {
    let place = Place(
      rank: group.rank, of: group.count, owners: min(group.count, shardCount))
    let width = weights.tunesVectors ? weights.vectorWidth : 0
    let sums = gradients[gradients.startIndex].parameters.reserve(weights.parameters.count)

    var head = try place.earlier.map { try receiveHead(from: $0) } ?? Head()
    let earlierRows = head.rows.count
    for loss in losses { head.loss += loss }
    head.stops = head.stops || stops
    var added: [ShardRows] = []
    if width > 0, place.isOwner {
      reduction.setRows(head.rows)
      let places = gradients.map { reduction.addRows(of: $0) }
      head.rows = reduction.rows
      added = zip(gradients, places).map {
        ShardRows($0.rows.start, places: $1, count: head.rows.count)
      }
    }
    let rowSums = place.source == nil ? reduction.rowGradients : partialRows
    if place.isOwner { rowSums.reserve(head.rows.count * width) }
    if let later = place.later { try send(head, to: later) }

    let own = place.isOwner ? pieces(weights.parameters.count, rows: head.rows.count, width) : []
    var whole: [Piece]?
    var sending: [Int: Int] = [:]
    var pending: [Int] = []
    var (addedCount, finished) = (0, 0)
    while addedCount < own.count || whole.map({ finished < $0.count }) ?? true {
      if addedCount < own.count {
        let piece = own[addedCount]
        if piece.isRows {
          try addRows(
            piece.range, added, width, earlierRows, to: rowSums.start, from: place.earlier)
        } else {
          try addParameters(piece.range, gradients, from: place.earlier)
        }
        if let later = place.later {
          let start = piece.isRows ? rowSums.start : sums
          sending[addedCount] = try startSending(start, piece.range, to: later)
        }
        addedCount += 1
        guard addedCount - finished > place.window || addedCount == own.count else { continue }
      }
      if whole == nil {
        if let source = place.source {
          head = try receiveHead(from: source)
          if width > 0 {
            reduction.setRows(head.rows)
            reduction.rowGradients.reserve(head.rows.count * width)
          }
        }
        for target in place.targets { try send(head, to: target) }
        whole = pieces(weights.parameters.count, rows: head.rows.count, width)
      }
      guard let pieces = whole, finished < pieces.count else { continue }
      let piece = pieces[finished]
      let start = piece.isRows ? reduction.rowGradients.start : sums
      if let source = place.source {
        if let message = sending.removeValue(forKey: finished) {
          try group.finishSending(message)
        }
        try group.receive(UnsafeMutableRawBufferPointer(floats(start, piece.range)), from: source)
      }
      for target in place.targets {
        pending.append(try startSending(start, piece.range, to: target))
      }
      finished += 1
    }
    for message in pending + sending.values { try group.finishSending(message) }
    isStopRequested = head.stops
    return head.loss
  }

  /// Throws an error unless all processes have the same digest.
  ///
  /// - Parameter fact: returns the error for a rank whose digest differs from that of rank 0.
  func check(_ digest: StateDigest, _ fact: (Int) -> ProcessGroupFact) throws {
    var other = 0
    if group.rank == 0 {
      for rank in 1..<max(group.count, 1) {
        let found = try group.receive(1, of: UInt64(0), from: rank)
        if found != [digest.value], other == 0 { other = rank }
      }
      for rank in 1..<max(group.count, 1) { try group.send([other], to: rank) }
    } else {
      try group.send([digest.value], to: 0)
      other = try group.receive(1, of: 0, from: 0)[0]
    }
    if other > 0 { throw ProcessGroupError(fact(other), at: nil) }
  }

  // MARK: - Pieces

  /// Returns the pieces of a sum, the parameters first. A piece begins at the same place on all
  /// ranks, however many rows a rank has.
  private func pieces(_ parameters: Int, rows: Int, _ width: Int) -> [Piece] {
    let rowsPerPiece = max(1, Self.pieceSize / max(width, 1))
    return Shards.ranges(of: parameters, size: Self.pieceSize).map {
      Piece(isRows: false, range: $0)
    }
      + Shards.ranges(of: rows * width, size: rowsPerPiece * max(width, 1)).map {
        Piece(isRows: true, range: $0)
      }
  }

  /// Adds the parameters of all shards of this process to a piece of the sum over the earlier
  /// shards.
  private func addParameters(
    _ range: Range<Int>, _ gradients: ArraySlice<ShardGradients<Float>>, from earlier: Int?
  ) throws {
    if let earlier {
      let bytes = UnsafeMutableBufferPointer(
        start: received.reserve(range.count), count: range.count)
      try group.receive(UnsafeMutableRawBufferPointer(bytes), from: earlier)
    }
    // `received + s` has the same bits as `s + received`.
    let first = earlier == nil ? nil : received.start - range.lowerBound
    GradientReduction.add(
      [first].compactMap { $0 } + gradients.dropFirst().map(\.parameters.start),
      to: gradients[gradients.startIndex].parameters.start, range)
  }

  /// The rows of a shard.
  private struct ShardRows {
    let start: UnsafeMutablePointer<Float>
    /// The index in the shard of each row of the sum; -1 for rows that the shard does not use.
    let indices: [Int32]

    init(_ start: UnsafeMutablePointer<Float>, places: [Int], count: Int) {
      var indices = Array(repeating: Int32(-1), count: count)
      for (index, place) in places.enumerated() { indices[place] = Int32(index) }
      (self.start, self.indices) = (start, indices)
    }
  }

  /// Adds the rows of all shards of this process to a piece of the sum over the earlier shards.
  ///
  /// - Parameter earlierRows: the number of rows of that sum.
  private func addRows(
    _ range: Range<Int>, _ shards: [ShardRows], _ width: Int, _ earlierRows: Int,
    to sums: UnsafeMutablePointer<Float>, from earlier: Int?
  ) throws {
    let known = range.clamped(to: 0..<earlierRows * width)
    if let earlier, !known.isEmpty {
      try group.receive(UnsafeMutableRawBufferPointer(floats(sums, known)), from: earlier)
    }
    for row in range.lowerBound / width..<range.upperBound / width {
      let sum = sums + row * width
      var isSet = row < earlierRows
      for shard in shards where shard.indices[row] >= 0 {
        let gradient = shard.start + Int(shard.indices[row]) * width
        if isSet {
          Float.Kernels.add(width, 1, gradient, to: sum)
        } else {
          sum.update(from: gradient, count: width)
          isSet = true
        }
      }
    }
  }

  private func floats(
    _ start: UnsafeMutablePointer<Float>, _ range: Range<Int>
  ) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: start + range.lowerBound, count: range.count)
  }

  private func startSending(
    _ start: UnsafeMutablePointer<Float>, _ range: Range<Int>, to rank: Int
  ) throws -> Int {
    try group.startSending(UnsafeRawBufferPointer(floats(start, range)), to: rank)
  }

  // MARK: - Heads

  private func send(_ head: Head, to rank: Int) throws {
    let numbers = [head.loss.bitPattern, head.stops ? 1 : 0, UInt64(head.rows.count)]
    try group.send(numbers, to: rank)
    try group.send(head.rows, to: rank)
  }

  private func receiveHead(from rank: Int) throws -> Head {
    let numbers = try group.receive(3, of: UInt64(0), from: rank)
    return Head(
      loss: Double(bitPattern: numbers[0]), stops: numbers[1] != 0,
      rows: try group.receive(Int(numbers[2]), of: Int32(0), from: rank))
  }
}
