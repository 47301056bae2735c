public import ArgumentParser
public import Embeddings

/// Options of every verb that reads a file of word vectors.
struct VectorFileOptions: ParsableArguments {
  @Argument(help: "A file of word vectors: word2vec text or binary, GloVe, fastText .vec, or .gz.")
  var file: String

  @Option(name: .long, help: "How the file is laid out.")
  var format = VectorFileFormat.auto

  @Option(
    name: .long, help: "When the header gives another number of words than there are.")
  var headerMismatch = HeaderMismatch.error

  @Option(name: .long, help: "When a vector holds an infinity or NaN.")
  var nonFinite = NonFiniteNumbers.error

  /// Opens the file; its SHA-256 only if that `hashes`.
  func open(threads: Int, hashes: Bool = true) throws -> VectorFileReader {
    try VectorFileReader(
      path: file, format: format, headerMismatch: headerMismatch, nonFinite: nonFinite,
      threads: threads, hashes: hashes)
  }
}

extension VectorFileFormat: ExpressibleByArgument {}
extension HeaderMismatch: ExpressibleByArgument {}
extension NonFiniteNumbers: ExpressibleByArgument {}
extension VectorFileOutputFormat: ExpressibleByArgument {}
