import PipelineCore

/// A split of documents into a training and a validation set.
public struct CorpusSplit: Sendable {
  /// The training documents, in the order of the corpus.
  public var training: [CorpusDocument]
  /// The validation documents, in the order of the corpus.
  public var validation: [CorpusDocument]

  /// Creates a split.
  public init(training: [CorpusDocument], validation: [CorpusDocument]) {
    self.training = training
    self.validation = validation
  }
}

extension Corpus {
  /// Holds out the same fraction of each label. The same seed holds out the same documents.
  ///
  /// For each label, the exact share is rounded down. Labels with the largest remainders then
  /// contribute one more document each until the total is reached. At least one document of each
  /// label stays in the training set.
  ///
  /// - Parameters:
  ///   - fraction: the fraction to hold out, `0..<1`.
  ///   - seed: the seed for the random choice.
  public func split(validation fraction: Double, seed: Int) -> CorpusSplit {
    precondition((0..<1).contains(fraction), "the validation fraction must be in 0..<1")
    let labels = labels
    var members = Array(repeating: [Int](), count: labels.count)
    for (number, document) in documents.enumerated() {
      if let label = labels.number(of: document.label) { members[label].append(number) }
    }
    let counts = Self.validationCounts(of: members.map(\.count), fraction: fraction)
    var isHeldOut = Array(repeating: false, count: documents.count)
    for label in members.indices {
      var generator = SeededGenerator(seed: UInt64(bitPattern: Int64(seed)), label)
      generator.shuffle(&members[label])
      for number in members[label].prefix(counts[label]) { isHeldOut[number] = true }
    }
    return CorpusSplit(
      training: documents.indices.filter { !isHeldOut[$0] }.map { documents[$0] },
      validation: documents.indices.filter { isHeldOut[$0] }.map { documents[$0] })
  }

  /// Returns the number of validation documents of each label.
  private static func validationCounts(of sizes: [Int], fraction: Double) -> [Int] {
    let shares = sizes.map { Double($0) * fraction }
    // With a fraction below 1, the share of `n` documents rounds down to at most `n - 1`.
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

  /// Splits off a test set with the same share of each label. The split does not depend on the
  /// training seed, so runs are comparable.
  ///
  /// - Parameter share: the share to hold out, `0..<1`.
  public func holdingOut(_ share: Double) -> (training: Corpus, test: Corpus) {
    let split = split(validation: share, seed: 0x7e57)
    let training = Corpus(
      documents: split.training, sources: sources, warnings: warnings, faults: faults,
      contentSHA256: contentSHA256)
    let test = Corpus(
      documents: split.validation, sources: sources, warnings: [], faults: RowFaults(),
      contentSHA256: contentSHA256)
    return (training, test)
  }
}
