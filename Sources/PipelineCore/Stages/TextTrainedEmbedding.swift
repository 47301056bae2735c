/// An embedding stage that can learn its vectors from text before the classifier is trained, at a cost
/// that is known before it starts: for estimates, and for `training.minutes`.
package protocol TextTrainedEmbedding: Embedding {
  /// The width of a vector.
  var vectorWidth: Int { get }
  /// The files with further text to learn from.
  var textFiles: [FilePath] { get }
  /// Returns the number of passes over a text of `tokens` tokens; 0 if no vectors are learned.
  func passes(forTokens tokens: Int) -> Int
  /// The number of multiply-adds that a token takes in a pass.
  var multiplyAddsPerToken: Double { get }
  /// Returns the stage with this number of passes; the stage itself if it learns no vectors.
  func with(passes: Int) -> any Embedding
  /// Learns vectors from documents for a moment, and returns the seconds that a token takes in a pass;
  /// 0 if no vectors are learned.
  func measuredSecondsPerToken(_ documents: [TokenSequence], threads: Int) -> Double
}
