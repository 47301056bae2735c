public import PipelineCore

extension NGramModel {
  /// The addends of the linear score, brought home to the tokens.
  ///
  /// An n-gram's addend is shared equally by all places where it stands, and at each place by the
  /// tokens that it is made of; one of characters goes to the token around them.
  public func shares(
    of document: EncodedDocument, for label: Int, threads: Int
  ) -> TokenShares {
    var addends: [Int: Double] = [:]
    for feature in features.features(document) {
      let row = Int(feature.row)
      addends[row, default: 0] +=
        Double(feature.value) * weights.centered(row: row, label: label)
    }
    var counts: [Int: Int] = [:]
    for (key, count) in features.keys.counts(document).joined() {
      if let row = features.table.number(of: key) { counts[row, default: 0] += count }
    }
    var values = Array(repeating: 0.0, count: document.tokenCount)
    features.keys.forEachPlace(in: document) { key, count, tokens in
      guard let row = features.table.number(of: key), let total = counts[row] else { return }
      let share = (addends[row] ?? 0) * Double(count) / Double(total)
      for token in tokens { values[token] += share / Double(tokens.count) }
    }
    return TokenShares(method: .linear, values: values)
  }
}

extension NGramKeys {
  /// Gives each n-gram at each place where it stands, with the tokens there.
  fileprivate func forEachPlace(
    in document: EncodedDocument,
    _ body: (_ key: UInt64, _ count: Int, _ tokens: Range<Int>) -> Void
  ) {
    let hashes = document.hashes
    for start in hashes.indices {
      var hash = hashes[start]
      for end in (start + 1)...min(start + words, hashes.count) {
        if end > start + 1 { hash = ByteHash.combine(hash, hashes[end - 1]) }
        body(hash >> 16, 1, start..<end)
      }
    }
    guard characters > 0 else { return }
    let tokens = document.text.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    for (token, bytes) in tokens.enumerated() where token < hashes.count {
      let word = EncodedDocument(rows: [], hashes: [hashes[token]], text: Array(bytes))
      for (key, count) in counts(word)[1] { body(key, count, token..<token + 1) }
    }
  }
}

extension LinearWeights {
  /// A weight less the mean of its feature's weights over all labels.
  fileprivate func centered(row: Int, label: Int) -> Double {
    let weights = values[row * labels..<(row + 1) * labels].map(Double.init)
    return weights[label] - weights.reduce(0, +) / Double(labels)
  }
}
