/// Finds the valid name closest to a misspelled one, for "did you mean" hints.
public enum Suggestion {
  /// The maximum number of known names in a message.
  private static let shown = 50

  /// Returns `; did you mean "x"?` if a known name is close, otherwise the list of known names.
  public static func clause(for word: String, among known: [String]) -> String {
    if let nearest = nearest(to: word, among: known) {
      return "; did you mean \"\(nearest)\"?"
    }
    guard !known.isEmpty else { return "" }
    let names = known.prefix(shown).map { $0.excerpt() }.joined(separator: ", ")
    return "; known: " + names + (known.count > shown ? ", ..." : "")
  }

  /// Returns the name in `known` that is the fewest edits away from `word`; `nil` if the number of
  /// edits exceeds both 1 and a third of the length of `word`.
  public static func nearest(to word: String, among known: [String]) -> String? {
    // Names in pipeline files are short, so a long word is not a misspelling of one.
    guard word.utf8.count <= 64 else { return nil }
    // `hiden_size` should find `hidden`, so the first part of a compound is tried too.
    let forms = [word] + word.split(separator: "_").prefix(1).map(String.init)
    for plain in forms.map(fold) {
      var best: (distance: Int, word: String)?
      for name in known {
        // Only a name with fewer edits than the best so far matters.
        let limit = best.map { $0.distance - 1 } ?? max(1, plain.count / 3)
        if let distance = edits(plain, fold(name), limit: limit) { best = (distance, name) }
      }
      if let best { return best.word }
    }
    return nil
  }

  /// Returns `word` in lower case without separators, so that `hidden_size` equals `hiddenSize`.
  ///
  /// The result is an array of code points, because comparing characters normalizes them, which is
  /// slow.
  private static func fold(_ word: String) -> [Unicode.Scalar] {
    word.lowercased().unicodeScalars.filter { $0 != "_" && $0 != "-" && $0 != " " }
  }

  /// Returns the Levenshtein distance (insertions, deletions and substitutions), computed row by
  /// row; `nil` if it is above `limit`.
  private static func edits(
    _ left: [Unicode.Scalar], _ right: [Unicode.Scalar], limit: Int
  ) -> Int? {
    guard limit >= 0, abs(left.count - right.count) <= limit else { return nil }
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      var least = row[0]
      for (j, b) in right.enumerated() {
        let substitution = diagonal + (a == b ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substitution, row[j] + 1, row[j + 1] + 1)
        least = min(least, row[j + 1])
      }
      if least > limit { return nil }
    }
    return row[right.count] <= limit ? row[right.count] : nil
  }
}
