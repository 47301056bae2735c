import PipelineCore

/// Documents to learn from, and documents to choose the best epoch by.
public struct CorpusSplit: Sendable {
  /// To learn from, in the order of the corpus.
  public var training: [CorpusDocument]
  /// Held back, in the order of the corpus.
  public var validation: [CorpusDocument]

  /// A split into these parts.
  public init(training: [CorpusDocument], validation: [CorpusDocument]) {
    self.training = training
    self.validation = validation
  }
}

extension Corpus {
  /// Holds back a part of each label's documents: the same part for the same seed, always.
  ///
  /// Every label gives `fraction` of its documents as nearly as whole documents allow: first the
  /// whole part, then one more from the labels with the largest remainders until the total fits.
  /// Of each label at least one document stays to learn from.
  ///
  /// - Parameters:
  ///   - fraction: how much to hold back, `0..<1`.
  ///   - seed: where the choice comes from.
  public func split(validation fraction: Double, seed: Int) -> CorpusSplit {
    precondition((0..<1).contains(fraction), "a fraction of the documents must be held back")
    let labels = labels
    var members = Array(repeating: [Int](), count: labels.count)
    for (number, document) in documents.enumerated() {
      if let label = labels.number(of: document.label) { members[label].append(number) }
    }
    let counts = Self.heldBack(of: members.map(\.count), fraction: fraction)
    var isHeldBack = Array(repeating: false, count: documents.count)
    for label in members.indices {
      var generator = SeededGenerator(seed: UInt64(bitPattern: Int64(seed)), label)
      generator.shuffle(&members[label])
      for number in members[label].prefix(counts[label]) { isHeldBack[number] = true }
    }
    return CorpusSplit(
      training: documents.indices.filter { !isHeldBack[$0] }.map { documents[$0] },
      validation: documents.indices.filter { isHeldBack[$0] }.map { documents[$0] })
  }

  /// How many documents of each label to hold back.
  private static func heldBack(of sizes: [Int], fraction: Double) -> [Int] {
    let shares = sizes.map { Double($0) * fraction }
    // A fraction below 1 of `n` documents rounds down to `n - 1` at most.
    var counts = shares.map { Int($0) }
    let total = Int((Double(sizes.reduce(0, +)) * fraction).rounded())
    let order = sizes.indices.sorted { left, right in
      let remainders = [left, right].map { shares[$0] - shares[$0].rounded(.down) }
      return (remainders[1], left) < (remainders[0], right)
    }
    var missing = total - counts.reduce(0, +)
    for label in order where missing > 0 && counts[label] + 1 < sizes[label] {
      counts[label] += 1
      missing -= 1
    }
    return counts
  }
}
