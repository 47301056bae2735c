package import Corpora
package import Models
import PipelineCore
package import Reports

extension TrainedPipeline {
  /// The maximum numbers of documents in which the influence of tokens is measured and in which
  /// n-grams are searched for.
  private static let (tokenDocuments, ngramDocuments) = (200, 10_000)
  /// The minimum number of documents in which the influence of tokens is measured, whatever the
  /// cost.
  private static let leastDocuments = 10
  /// The number of labels above which nothing is measured.
  private static let labelLimit = 1_000

  /// Finds what the model looks at in test documents: the n-grams with the largest weights, and, in
  /// a sample of the documents, the tokens with the most influence on the predicted label.
  ///
  /// - Parameters:
  ///   - evaluation: the predictions for the documents.
  ///   - budget: the time allowed for measuring the influence, as the number of tokens that could
  ///     be classified in the same time. It depends only on the corpora, never on a clock, so that
  ///     results are reproducible.
  /// - Returns: the n-grams and tokens of each label; `nil` if the model provides neither.
  package func evidence(
    in corpus: Corpus, _ evaluation: Evaluation, budget: Double, threads: Int
  ) -> LabelEvidence? {
    guard labels.count <= Self.labelLimit, !corpus.documents.isEmpty else { return nil }
    let seed = description.training.seed
    var generator = SeededGenerator(seed: UInt64(bitPattern: Int64(seed)), 0x6576_6964)
    var order = Array(corpus.documents.indices)
    generator.shuffle(&order)
    let searched = order.prefix(Self.ngramDocuments).sorted()
    let prepared = preparation.prepare(searched.map { corpus.documents[$0].text }, threads: threads)
      .map { try? $0.get() }
    let encoded = prepared.map {
      $0?.encoded(by: model.embedding) ?? EncodedDocument(rows: [], hashes: [])
    }
    func text(_ place: Int, _ range: Range<Int>) -> String {
      let source = corpus.documents[searched[place]].text
      let bytes = source[range.clamped(to: source.indices)]
      // The excerpts that are shown are never longer.
      return ReportedDocument.excerpt(Array(bytes.prefix(400)))
    }

    let ngrams = model.strongestNGrams(
      in: encoded, count: LabelEvidence.limit, threads: threads
    ).map { list in
      list.compactMap { ngram -> LabelEvidence.NGram? in
        guard let document = prepared[ngram.document] else { return nil }
        let (range, spaces) = document.tokens.sourceRange(of: ngram)
        return LabelEvidence.NGram(
          text: spaces.before + text(ngram.document, range) + spaces.after,
          isOfCharacters: ngram.characters != nil, weight: ngram.weight)
      }
    }
    let places = Dictionary(uniqueKeysWithValues: searched.enumerated().map { ($1, $0) })
    let candidates = order.prefix(Self.tokenDocuments).compactMap { places[$0] }
      .filter { encoded[$0].tokenCount > 0 }
    let sample = affordable(candidates, encoded, budget: budget)
    let predicted = sample.map { place in
      labels.number(of: evaluation.labels[evaluation.predicted[searched[place]]]) ?? 0
    }
    let shares = Shards.map(count: sample.count, threads: threads) { number in
      let document = encoded[sample[number]]
      let shares = model.quickShares(of: document, for: predicted[number], threads: 1)
      return shares.flatMap { $0.values.count == document.tokenCount ? $0 : nil }
    }
    var sums = labels.labels.map { _ in TokenSums() }
    for (number, place) in sample.enumerated() {
      guard let shares = shares[number], let document = prepared[place] else { continue }
      sums[predicted[number]].add(shares, document.tokens) { text(place, $0) }
    }
    let method = shares.lazy.compactMap { $0?.method }.first
    let entries = labels.labels.enumerated().map { number, label in
      LabelEvidence.Entry(
        label: label, ngrams: ngrams.isEmpty ? [] : ngrams[number],
        tokens: sums[number].strongest(LabelEvidence.limit))
    }.filter { !$0.ngrams.isEmpty || !$0.tokens.isEmpty }
    guard !entries.isEmpty else { return nil }
    return LabelEvidence(
      entries: entries,
      sample: method.map {
        LabelEvidence.Sample(
          documents: shares.count { $0 != nil }, total: corpus.documents.count, seed: seed,
          method: $0)
      })
  }

  /// Returns the first documents that fit the budget, but at least `leastDocuments`, sorted.
  private func affordable(
    _ candidates: [Int], _ encoded: [EncodedDocument], budget: Double
  ) -> [Int] {
    var chosen: [Int] = []
    var spent = 0.0
    for place in candidates {
      spent += Double(model.quickShareCost) * Double(encoded[place].tokenCount)
      guard spent <= budget || chosen.count < Self.leastDocuments else { break }
      chosen.append(place)
    }
    return chosen.sorted()
  }
}

/// The share of each token in the predictions, summed over the documents with the same predicted
/// label.
private struct TokenSums {
  private var documents = 0
  /// The text, the summed share and the number of documents of each token, keyed by its normalized
  /// bytes. The text is that of the first occurrence.
  private var tokens: [[UInt8]: (text: String, share: Double, documents: Int)] = [:]

  mutating func add(
    _ shares: TokenShares, _ sequence: TokenSequence, text: (Range<Int>) -> String
  ) {
    documents += 1
    var seen: Set<[UInt8]> = []
    for (number, share) in shares.values.enumerated() where share.isFinite {
      let key = Array(sequence.bytes(number))
      var entry = tokens[key] ?? (text(sequence.sourceRange(number)), 0, 0)
      entry.share += share
      if seen.insert(key).inserted { entry.documents += 1 }
      tokens[key] = entry
    }
  }

  /// Returns the tokens with the largest positive sums.
  func strongest(_ count: Int) -> [LabelEvidence.Token] {
    tokens.filter { $0.value.share > 0 }.sorted { left, right in
      left.value.share != right.value.share
        ? left.value.share > right.value.share : left.key.lexicographicallyPrecedes(right.key)
    }.prefix(count).map { _, entry in
      LabelEvidence.Token(
        text: entry.text, share: entry.share / Double(documents), documents: entry.documents)
    }
  }
}

extension TokenSequence {
  /// Returns the byte range of an n-gram in the source document, and a space for each token
  /// boundary that the n-gram includes.
  fileprivate func sourceRange(
    of ngram: WeightedNGram
  ) -> (range: Range<Int>, spaces: (before: String, after: String)) {
    guard let characters = ngram.characters else {
      let last = ngram.tokens.upperBound - 1
      let (start, end) = (sourceRange(ngram.tokens.lowerBound), sourceRange(last))
      return (start.lowerBound..<max(start.lowerBound, end.upperBound), ("", ""))
    }
    let token = ranges[ngram.tokens.lowerBound]
    let lower = token.lowerBound + max(characters.lowerBound - 1, 0)
    let upper = token.lowerBound + min(characters.upperBound - 1, token.count)
    return (
      text.sourceRange(lower..<max(lower, upper)),
      (
        characters.lowerBound == 0 ? " " : "",
        characters.upperBound > token.count + 1 ? " " : ""
      )
    )
  }
}
