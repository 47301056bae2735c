public import PipelineCore

/// Checks the requirements on stages that types cannot express. Run it on your own stages.
///
/// Each check returns a sentence per violation, and an empty list for a conforming stage. Pass
/// texts in the scripts that the stage is for; `sampleTexts` covers common cases.
public enum StageConformance {
  /// Texts that have exposed bugs in stages: empty and blank texts, combining marks, joiners,
  /// emoji, and five scripts.
  public static let sampleTexts = [
    "", " ", "\t \u{3000}", "a", "Hello, world!", "don't stop-me now 3.14 e-mail@example.org",
    "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645} \u{6a9}\u{62a}\u{627}\u{628}",
    "\u{130}STANBUL I\u{15e}IK", "\u{4e2d}\u{56fd}\u{65b0}\u{95fb} iPhone 2024",
    "\u{939}\u{93f}\u{928}\u{94d}\u{926}\u{940} \u{915}\u{94d}\u{937}", "e\u{301}\u{323}",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}", "\u{200d}\u{200c}\u{202e}", "\u{fdfa}",
  ]

  /// Checks a normalizer: the text is valid UTF-8, normalizing twice changes nothing, and the map
  /// to the source is monotonic and within bounds.
  ///
  /// - Throws: any error of the normalizer.
  public static func faults(
    in normalizer: some Normalizer, texts: [String] = sampleTexts
  ) throws -> [String] {
    var faults: [String] = []
    for text in texts {
      let source = AlignedText(text)
      let once = try normalizer.normalize(source)
      if String(validating: once.bytes, as: UTF8.self) == nil {
        faults.append("\(text.debugDescription): the result is not valid UTF-8")
      }
      let twice = try normalizer.normalize(AlignedText(source: once.bytes))
      if twice.bytes != once.bytes {
        faults.append("\(text.debugDescription): normalizing twice changes the text again")
      }
      faults += mapFaults(once, sourceCount: source.bytes.count, text)
    }
    return faults
  }

  /// Checks a tokenizer: the tokens are in order, not empty, split between code points, and without
  /// spaces, so that `docket tokenize` can separate them with spaces.
  public static func faults(
    in tokenizer: some Tokenizer, texts: [String] = sampleTexts
  ) -> [String] {
    var faults: [String] = []
    for text in texts {
      let tokens = tokenizer.tokenize(AlignedText(text))
      var start = 0
      for (number, range) in tokens.ranges.enumerated() {
        let name = "\(text.debugDescription), token \(number)"
        if range.isEmpty { faults.append("\(name): the token is empty") }
        if range.lowerBound < start { faults.append("\(name): begins before the previous token") }
        if range.upperBound > tokens.text.bytes.count {
          return faults + ["\(name): ends after the text"]
        }
        if tokens.bytes(number).contains(UInt8(ascii: " ")) {
          faults.append("\(name): contains a space")
        }
        if String(validating: tokens.bytes(number), as: UTF8.self) == nil {
          faults.append("\(name): split within a code point")
        }
        start = range.lowerBound
      }
    }
    return faults
  }

  /// Checks an embedding on texts split at spaces.
  ///
  /// - Throws: any error of creating the table; the texts should contain a word that has a
  ///   vector.
  public static func faults(
    in embedding: some Embedding, texts: [String] = sampleTexts
  ) throws -> [String] {
    try faults(in: JoinedEmbedding([embedding]), texts: texts)
  }

  /// Checks one or more embeddings: the table is the same each time and for any number of threads,
  /// its values are finite, its columns sum to its width, and no word is empty.
  ///
  /// - Throws: any error of creating the table; the texts should contain a word that has a
  ///   vector.
  public static func faults(
    in embedding: JoinedEmbedding, texts: [String] = sampleTexts
  ) throws -> [String] {
    // Use every text twice, for embeddings that skip words that occur only once.
    let documents = (texts + texts).map(spaced)
    let task = EmbeddingTask(documents: documents)
    let table = try embedding.makeTable(for: task)
    var faults: [String] = []
    for threads in [1, 3] {
      var task = task
      task.threads = threads
      if try embedding.makeTable(for: task) != table {
        faults.append("creating the table again with \(threads) threads gives another table")
      }
    }
    if !table.values.allSatisfy(\.isFinite) { faults.append("a number is NaN or infinite") }
    if table.columns.reduce(0, { $0 + $1.count }) != table.dimensions {
      faults.append("the columns do not sum to the width of a vector")
    }
    if table.columns.contains(where: { $0.count < 1 || !($0.rateScale >= 0) }) {
      faults.append("a group of columns is empty or has a negative rate")
    }
    for word in 0..<table.vocabulary.count where table.vocabulary[word].isEmpty {
      faults.append("word \(word) is empty")
    }
    if table.summary.isEmpty || table.summary.contains("\n") {
      faults.append("the summary is not one line")
    }
    return faults
  }

  private static func mapFaults(
    _ text: AlignedText, sourceCount: Int, _ name: String
  ) -> [String] {
    guard let origins = text.origins else {
      return text.bytes.count == sourceCount
        ? [] : ["\(name.debugDescription): the length changed, but there is no map to the source"]
    }
    let falls = zip(origins, origins.dropFirst()).contains { $0 > $1 }
    let isInside = origins.allSatisfy { (0...sourceCount).contains(Int($0)) }
    return falls || !isInside
      ? ["\(name.debugDescription): the map to the source falls or is out of bounds"] : []
  }

  private static func spaced(_ text: String) -> TokenSequence {
    let bytes = Array(text.utf8)
    let words = bytes.split(separator: UInt8(ascii: " "))
    return TokenSequence(
      text: AlignedText(source: bytes), ranges: words.map { $0.startIndex..<$0.endIndex })
  }
}
