/// An embedding stage that can learn its vectors from text before the classifier is trained. The
/// cost is known in advance, for estimates and for `training.minutes`.
package protocol TextTrainedEmbedding: Embedding {
  /// The width of a vector.
  var vectorWidth: Int { get }
  /// The files with additional text to learn from.
  var textFiles: [FilePath] { get }
  /// Returns the number of passes over a text of `tokens` tokens; 0 if no vectors are learned.
  func passes(forTokens tokens: Int) -> Int
  /// The number of multiply-adds per token in one pass.
  var multiplyAddsPerToken: Double { get }
  /// Returns the stage with this number of passes; the stage itself if it learns no vectors.
  func with(passes: Int) -> any Embedding
  /// Learns vectors from documents for a short time and returns the number of seconds per token in
  /// one pass; 0 if no vectors are learned.
  func measuredSecondsPerToken(_ documents: [TokenSequence], threads: Int) -> Double
}
