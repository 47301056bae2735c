public import PipelineCore

extension NGramModel {
  /// The number of documents whose n-grams are in memory at the same time.
  private static let group = 2048

  /// Returns, for each label, the n-grams with the largest weights among those that occur in the
  /// documents, largest first. Ties keep the order of the features.
  ///
  /// The weight of an n-gram for a label is its weight in the linear part minus the mean of its
  /// weights for all labels. Subtracting the mean does not affect the probabilities. Only positive
  /// weights are returned.
  public func strongestNGrams(
    in documents: [EncodedDocument], count: Int, threads: Int
  ) -> [[WeightedNGram]] {
    let strongest = strongestRows(
      among: occurringRows(in: documents, threads: threads), count: count)
    let places = places(
      of: Set(strongest.joined().map(\.row)), in: documents, threads: threads)
    return strongest.map { rows in
      rows.compactMap { row, weight in
        guard var found = places[row] else { return nil }
        found.weight = weight
        return found
      }
    }
  }

  /// Returns whether each feature occurs in the documents, `[F]`.
  private func occurringRows(in documents: [EncodedDocument], threads: Int) -> [Bool] {
    var occurs = Array(repeating: false, count: features.count)
    for group in Shards.ranges(of: documents.count, size: Self.group) {
      let blocks = Shards.ranges(of: group.count, size: 64)
      let rows = Shards.map(count: blocks.count, threads: threads) { block in
        Set(
          blocks[block].lazy.flatMap { features.features(documents[group.lowerBound + $0]) }
            .map { Int($0.row) })
      }
      for row in rows.joined() { occurs[row] = true }
    }
    return occurs
  }

  /// Returns the features with the largest weights for each label, `[C][<= count]`.
  private func strongestRows(
    among occurs: [Bool], count: Int
  ) -> [[(row: Int, weight: Double)]] {
    let labels = weights.labels
    var strongest: [[(row: Int, weight: Double)]] = Array(repeating: [], count: labels)
    for row in occurs.indices where occurs[row] {
      let values = weights.weights(ofRow: row)
      let mean = values.reduce(0.0) { $0 + Double($1) } / Double(labels)
      for label in 0..<labels {
        let weight = Double(values[label]) - mean
        guard weight > 0,
          strongest[label].count < count || weight > strongest[label].last?.weight ?? 0
        else { continue }
        let place = strongest[label].firstIndex { $0.weight < weight } ?? strongest[label].count
        strongest[label].insert((row, weight), at: place)
        if strongest[label].count > count { strongest[label].removeLast() }
      }
    }
    return strongest
  }

  /// Returns the first occurrence of each of these features.
  private func places(
    of rows: Set<Int>, in documents: [EncodedDocument], threads: Int
  ) -> [Int: WeightedNGram] {
    var found: [Int: WeightedNGram] = [:]
    for group in Shards.ranges(of: documents.count, size: 64) {
      guard found.count < rows.count else { break }
      let places = Shards.map(count: group.count, threads: threads) { place in
        let number = group.lowerBound + place
        var found: [Int: WeightedNGram] = [:]
        features.keys.forEachPlace(in: documents[number]) { key, tokens, characters in
          guard let row = features.row(of: key), rows.contains(row), found[row] == nil else {
            return
          }
          found[row] = WeightedNGram(
            weight: 0, document: number, tokens: tokens, characters: characters)
        }
        return found
      }
      for place in places { found.merge(place) { first, _ in first } }
    }
    return found
  }

  /// `nil`, because `strongestNGrams` shows which n-grams the classifier uses.
  public func quickShares(
    of document: EncodedDocument, for label: Int, threads: Int
  ) -> TokenShares? { nil }
}
