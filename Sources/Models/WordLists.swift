public import Corpora
import FileAccess
import Messages
package import PipelineCore
public import PipelineFiles

extension PipelineDescription {
  /// Whether a stage works by a list of words that it has not got yet.
  public var lacksWords: Bool {
    wordListStages.contains { $0.words.count == 0 }
  }

  /// The stages that work by a list of words, in the order in which a model keeps their lists.
  var wordListStages: [any WordListStage] {
    (normalizers as [any Stage] + [tokenizer]).compactMap { $0 as? any WordListStage }
  }

  /// The same pipeline with a list of words for each stage that works by one: from the file that it
  /// names, else from the embedding, else from the training corpus.
  ///
  /// - Parameters:
  ///   - documents: the training corpus.
  ///   - threads: changes the time only.
  ///   - note: is told how many words there are.
  /// - Throws: a `DiagnosableError` for a file that cannot be read.
  public func gettingWords(
    from documents: [CorpusDocument], threads: Int, note: (String) -> Void = { _ in }
  ) throws -> PipelineDescription {
    guard lacksWords else { return self }
    var settled = self
    for number in normalizers.indices {
      guard let stage = normalizers[number] as? any WordListStage & Normalizer else { continue }
      let before = settled.normalizers[..<number]
      let words = try stage.readWords { text in try Self.normalize(text, by: before) }
      settled.normalizers[number] = stage.with(words: words ?? Vocabulary())
      note(Self.found(settled.normalizers[number]))
    }
    guard let stage = tokenizer as? any WordListStage & Tokenizer else { return settled }
    let stages = settled.normalizers[...]
    let normalize = { (text: AlignedText) in try Self.normalize(text, by: stages) }
    let words =
      try stage.readWords(normalize) ?? embedding?.words(normalize: normalize)
      ?? settled.discoverWords(for: stage, in: documents, threads: threads)
    settled.tokenizer = stage.with(words: words)
    note(Self.found(settled.tokenizer))
    return settled
  }

  private static func normalize(
    _ text: AlignedText, by normalizers: ArraySlice<any Normalizer>
  ) throws -> AlignedText {
    try normalizers.reduce(text) { text, normalizer in try normalizer.normalize(text) }
  }

  private static func found(_ stage: some Stage) -> String {
    let count = (stage as? any WordListStage)?.words.count ?? 0
    return "\(type(of: stage).stageName): \(NumberFormat.count(count, "word", "words"))"
  }

  /// Gives each stage the list that a model keeps for it; the first is `words.0`.
  mutating func takeWords(_ read: (String) throws -> Vocabulary) throws {
    var count = 0
    func next() throws -> Vocabulary {
      defer { count += 1 }
      return try read("words.\(count)")
    }
    for number in normalizers.indices {
      guard let stage = normalizers[number] as? any WordListStage & Normalizer else { continue }
      normalizers[number] = stage.with(words: try next())
    }
    if let stage = tokenizer as? any WordListStage & Tokenizer {
      tokenizer = stage.with(words: try next())
    }
  }

  /// The same pipeline with a tokenizer that knows only the words which these tokens have: what a model
  /// needs, for no other word has a vector in it, and the same texts are cut alike.
  package func keepingWords(of counts: WordCounts) -> PipelineDescription {
    guard let stage = tokenizer as? any WordListStage & Tokenizer else { return self }
    var kept = self
    kept.tokenizer = stage.with(words: counts.vocabulary)
    return kept
  }

  private func discoverWords(
    for stage: any WordListStage, in documents: [CorpusDocument], threads: Int
  ) -> Vocabulary {
    // A document that cannot be used is reported when it is prepared for training.
    let texts = TextPreparation(self).prepare(documents.map(\.text), threads: threads)
      .compactMap { try? $0.get().tokens.text }
    return stage.discoverWords(in: texts)
  }

  /// The SHA-256 of normalizers and tokenizer with all their settings and lists of words: two pipelines
  /// with the same one make the same tokens of every text.
  public var textFingerprint: String {
    var writer = ResolvedTextWriter()
    writer.list("normalizers", normalizers.map { ResolvedTextWriter.settings(of: $0) })
    writer.section("tokenizer", ResolvedTextWriter.settings(of: tokenizer))
    var bytes = Array(writer.text.utf8)
    for stage in wordListStages {
      for number in 0..<stage.words.count { bytes += stage.words[number] + [0x0A] }
      bytes.append(0x0A)
    }
    return SHA256Digest.hexadecimal(of: bytes)
  }
}

extension WordListStage {
  /// The words of the file that the stage names, normalized; `nil` when it names none.
  ///
  /// Empty lines and the space around words are passed over; a line that is not UTF-8 is an error.
  fileprivate func readWords(
    _ normalize: (AlignedText) throws -> AlignedText
  ) throws -> Vocabulary? {
    guard let file = wordFile else { return nil }
    var lines = CorpusLines(try InputFile(path: file.resolved), limit: 1 << 16)
    var words = Vocabulary()
    while let line = try lines.next() {
      let text = try normalize(AlignedText(source: line.bytes))
      let blanks: Set<UInt8> = [0x20, 0x09]
      let word = text.bytes.drop { blanks.contains($0) }.reversed().drop { blanks.contains($0) }
      if !word.isEmpty { words.insert(Array(word.reversed())) }
    }
    return words
  }
}
