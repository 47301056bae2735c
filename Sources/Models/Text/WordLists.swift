public import Corpora
import FileAccess
import Messages
package import PipelineCore
public import PipelineFiles

extension PipelineDescription {
  /// Whether a stage requires a word list and has none yet.
  public var needsWordLists: Bool {
    wordListStages.contains { $0.words.count == 0 }
  }

  /// The stages with a word list, in the order in which a model stores the lists.
  var wordListStages: [any WordListStage] {
    (normalizers as [any Stage] + [tokenizer]).compactMap { $0 as? any WordListStage }
  }

  /// Returns the pipeline with a word list for each stage that requires one.
  ///
  /// The words come from the file that the stage names. A tokenizer without a file uses the words
  /// of the embedding, or else discovers words in the training corpus.
  ///
  /// - Parameters:
  ///   - documents: the training corpus.
  ///   - threads: the number of threads; never changes the result.
  ///   - note: receives a sentence with the number of words in each list.
  /// - Throws: a `DiagnosableError` if a file cannot be read; any error thrown by a normalizer.
  public func addingWordLists(
    from documents: [CorpusDocument], threads: Int, note: (String) -> Void = { _ in }
  ) throws -> PipelineDescription {
    guard needsWordLists else { return self }
    var complete = self
    for number in normalizers.indices {
      guard let stage = normalizers[number] as? any WordListStage & Normalizer else { continue }
      let before = complete.normalizers[..<number]
      complete.normalizers[number] = stage.with(
        words: try stage.readWords(before.normalize) ?? Vocabulary())
      note(Self.summary(of: complete.normalizers[number]))
    }
    guard let stage = tokenizer as? any WordListStage & Tokenizer else { return complete }
    let normalizers = complete.normalizers
    let words =
      try stage.readWords(normalizers.normalize)
      ?? embedding?.words(normalize: normalizers.normalize)
      ?? complete.discoverWords(for: stage, in: documents, threads: threads)
    complete.tokenizer = stage.with(words: words)
    note(Self.summary(of: complete.tokenizer))
    return complete
  }

  private static func summary(of stage: some Stage) -> String {
    let count = (stage as? any WordListStage)?.words.count ?? 0
    return "\(type(of: stage).stageName): \(NumberFormat.count(count, "word", "words"))"
  }

  /// Assigns the word lists of a model to its stages.
  ///
  /// - Parameter read: returns the list with this name: `words.0`, `words.1` and so on.
  package mutating func restoreWordLists(_ read: (String) throws -> Vocabulary) throws {
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

  /// Returns the pipeline with the word list of its tokenizer reduced to the words of a corpus.
  ///
  /// A model needs no other words: they have no vectors in it, and the texts of the corpus are
  /// split in the same way without them.
  package func keepingWords(of counts: WordCounts) -> PipelineDescription {
    guard let stage = tokenizer as? any WordListStage & Tokenizer else { return self }
    var kept = self
    kept.tokenizer = stage.with(words: counts.vocabulary)
    return kept
  }

  private func discoverWords(
    for stage: any WordListStage, in documents: [CorpusDocument], threads: Int
  ) -> Vocabulary {
    // An unusable document is reported when it is prepared for training.
    let texts = TextPreparation(self).prepare(documents.map(\.text), threads: threads)
      .compactMap { try? $0.get().tokens.text }
    return stage.discoverWords(in: texts)
  }

  /// The SHA-256 of the normalizers and the tokenizer with their settings and word lists. Two
  /// pipelines with the same fingerprint produce the same tokens for every text.
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
  /// Reads and normalizes the words in the file that the stage names, one per line; `nil` if it
  /// does not name one.
  ///
  /// Empty lines, and spaces and tabs around a word, are ignored.
  ///
  /// - Throws: `FileError`; `CorpusError` for a line that is not valid UTF-8; any error from a
  ///   normalizer.
  fileprivate func readWords(
    _ normalize: (AlignedText) throws -> AlignedText
  ) throws -> Vocabulary? {
    guard let file = wordFile else { return nil }
    var lines = CorpusLines(
      try DecodedFile(corpus: file.resolved, CorpusOptions()), limit: 1 << 16)
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
