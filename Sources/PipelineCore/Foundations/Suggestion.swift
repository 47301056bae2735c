/// "Did you mean": finds the valid name nearest to a misspelled one.
public enum Suggestion {
  /// Returns `; did you mean "x"?` if a known name is near, otherwise the list of known names.
  public static func clause(for word: String, among known: [String]) -> String {
    if let nearest = nearest(to: word, among: known) {
      return "; did you mean \"\(nearest)\"?"
    }
    return known.isEmpty ? "" : "; known: " + known.joined(separator: ", ")
  }

  /// Returns the name in `known` with the fewest edits from `word`; `nil` if that takes more
  /// edits than a third of the length of `word`.
  public static func nearest(to word: String, among known: [String]) -> String? {
    // Names in pipeline files are short, so a long word is not a misspelling of one.
    guard word.utf8.count <= 64 else { return nil }
    // `hiden_size` should find `hidden`, so the first part of a compound is tried too.
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

  /// Lower case without separators, so that `hidden_size` equals `hiddenSize`.
  private static func fold(_ word: String) -> [Character] {
    word.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }.map { $0 }
  }

  /// Returns the Levenshtein distance (insertions, deletions and substitutions), row by row.
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
