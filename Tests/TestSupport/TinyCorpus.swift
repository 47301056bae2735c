/// Short documents with the labels `cooking`, `music` and `weather`.
public enum TinyCorpus {
  /// The labels and their words, in the order of label numbers.
  public static let topics: [(label: String, words: [String])] = [
    ("cooking", ["bread", "oven", "butter", "soup", "recipe", "flour"]),
    ("music", ["guitar", "choir", "melody", "drum", "concert", "violin"]),
    ("weather", ["rain", "storm", "cloud", "frost", "wind", "sunny"]),
  ]

  /// Returns `count` documents with varying words of the labels; `salt` selects the words.
  public static func documents(_ count: Int, salt: Int = 0) -> [(label: String, text: String)] {
    (0..<count).map { number in
      let topic = topics[number % topics.count]
      let words = (0..<5).map { topic.words[(number / 3 + $0 * (salt + 1)) % 6] }
      return (topic.label, "the \(words.joined(separator: " ")) today \(number % 11)")
    }
  }
}
