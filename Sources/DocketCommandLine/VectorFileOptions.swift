public import ArgumentParser
public import Embeddings

/// The options of the verbs that read a vector file.
struct VectorFileOptions: ParsableArguments {
  @Argument(help: "A vector file: word2vec text or binary, GloVe, fastText .vec; also .gz.")
  var file: String

  @Option(name: .long, help: "The format of the file.")
  var format = VectorFileFormat.auto

  @Option(
    name: .long, help: "What to do if the header declares another number of words.")
  var headerMismatch = HeaderMismatch.error

  @Option(name: .long, help: "What to do with vectors that contain NaN or infinity.")
  var nonFinite = NonFiniteNumbers.error

  /// Opens the file.
  ///
  /// - Parameter hashes: whether to compute its SHA-256.
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
