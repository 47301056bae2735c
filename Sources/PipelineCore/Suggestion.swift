/// "Did you mean": the nearest of the words that would have been right.
public enum Suggestion {
  /// `; did you mean "x"?` when one is near, else the list of what is known.
  public static func clause(for word: String, among known: [String]) -> String {
    if let nearest = nearest(to: word, among: known) {
      return "; did you mean \"\(nearest)\"?"
    }
    return known.isEmpty ? "" : "; known: " + known.joined(separator: ", ")
  }

  /// The word of `known` with the fewest edits from `word`, if that is at most a third of it.
  public static func nearest(to word: String, among known: [String]) -> String? {
    // Names in pipeline files are short; a long word is not a slip of one of them.
    guard word.utf8.count <= 64 else { return nil }
    // `hiden_size` should find `hidden`: the first part of a compound counts as a word too.
    let forms = [word] + word.split(separator: "_").prefix(1).map(String.init)
    for plain in forms.map(fold) {
      let distances = known.map { (distance: edits(plain, fold($0)), word: $0) }
      if let best = distances.min(by: { $0.distance < $1.distance }),
        best.distance <= max(1, plain.count / 3)
      {
        return best.word
      }
    }
    return nil
  }

  /// Lower case without separators: `hidden_size` and `hiddenSize` are no edit apart.
  private static func fold(_ word: String) -> [Character] {
    word.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }.map { $0 }
  }

  /// Levenshtein distance: insertions, deletions and substitutions, one row at a time.
  private static func edits(_ left: [Character], _ right: [Character]) -> Int {
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let substitution = diagonal + (a == b ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substitution, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[right.count]
  }
}
