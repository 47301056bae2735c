package import PipelineCore

extension CorpusSection {
  /// The format to read with; `nil` to look at the file.
  package var corpusFormat: CorpusFormat? { CorpusFormat(rawValue: format.rawValue) }

  /// How to read the corpus.
  package var options: CorpusOptions {
    var options = CorpusOptions()
    options.labelColumn = labelColumn
    options.textColumn = textColumn
    options.collectsFaults = badRows == .skip
    options.faultLimit = 100_000
    return options
  }

  /// The documents to learn from: all of `train` but what `testShare` holds out.
  ///
  /// - Parameters:
  ///   - options: how to read; the section's own if left out.
  ///   - purpose: whether there must be two labels.
  /// - Throws: `CorpusError`, `JSONError` or `FileError`, each with its place.
  package func readTraining(
    _ options: CorpusOptions? = nil, purpose: CorpusOptions.Purpose = .training
  ) throws -> Corpus {
    let corpus = try read(train, purpose, options)
    return testShare > 0 ? corpus.holdingOut(testShare).training : corpus
  }

  /// The documents to evaluate with: `test`, or what `testShare` holds out of `train`.
  ///
  /// - Precondition: one of the two is there.
  /// - Throws: as `readTraining`.
  package func readTest(_ options: CorpusOptions? = nil) throws -> Corpus {
    guard test.isEmpty else { return try read(test, .evaluation, options) }
    return try read(train, .training, options).holdingOut(testShare).test
  }

  /// The documents of a file to choose the best epoch by; only `labels` may stand in it.
  ///
  /// - Throws: as `readTraining`.
  package func readValidation(_ file: FilePath, labels: LabelSet) throws -> Corpus {
    var options = self.options
    options.allowedLabels = labels
    return try read([file], .evaluation, options)
  }

  private func read(
    _ paths: [FilePath], _ purpose: CorpusOptions.Purpose, _ given: CorpusOptions?
  ) throws -> Corpus {
    var options = given ?? self.options
    options.purpose = purpose
    return try Corpus.read(paths.map(\.resolved), format: corpusFormat, options: options)
  }
}

extension Corpus {
  /// Splits off documents to evaluate with: the same share of each label, and the same documents for
  /// every training seed, so that runs can be compared.
  func holdingOut(_ share: Double) -> (training: Corpus, test: Corpus) {
    let split = split(validation: share, seed: 0x7e57)
    let part = { (documents: [CorpusDocument]) in
      Corpus(documents: documents, sources: sources, warnings: [], faults: RowFaults())
    }
    return (
      Corpus(documents: split.training, sources: sources, warnings: warnings, faults: faults),
      part(split.validation)
    )
  }
}
