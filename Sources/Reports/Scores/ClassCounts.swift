/// The part of a confusion matrix that precision, recall and F1 require. Leaving out the cells
/// makes a thousand resamples fast.
struct ClassCounts: Sendable {
  private var support: [Int]
  private var predictions: [Int]
  private var correct: [Int]
  private var documents = 0
  private var hits = 0

  /// Creates counts of zero for `classCount` classes.
  init(classCount: Int) {
    support = Array(repeating: 0, count: classCount)
    (predictions, correct) = (support, support)
  }

  /// Counts one document.
  mutating func add(expected: Int, predicted: Int) {
    documents += 1
    support[expected] += 1
    predictions[predicted] += 1
    if expected == predicted {
      hits += 1
      correct[expected] += 1
    }
  }

  /// Returns the share of the documents predicted as a class that belong to it; 0 if there are
  /// none.
  func precision(_ number: Int) -> Double { Self.ratio(correct[number], predictions[number]) }

  /// Returns the share of the documents of a class that were predicted correctly; 0 if there are
  /// none.
  func recall(_ number: Int) -> Double { Self.ratio(correct[number], support[number]) }

  /// Returns the harmonic mean of precision and recall; 0 if both are 0.
  func f1(_ number: Int) -> Double {
    Self.ratio(2 * correct[number], support[number] + predictions[number])
  }

  /// The means over all documents or classes.
  struct Averages {
    var accuracy = 0.0
    var macroPrecision = 0.0
    var macroRecall = 0.0
    var macroF1 = 0.0
    var weightedF1 = 0.0
  }

  /// The means over all documents or classes. A class that is neither expected nor predicted is
  /// ignored.
  var averages: Averages {
    var averages = Averages()
    var present = 0
    for number in support.indices where support[number] + predictions[number] > 0 {
      present += 1
      averages.macroPrecision += precision(number)
      averages.macroRecall += recall(number)
      averages.macroF1 += f1(number)
      averages.weightedF1 += f1(number) * Double(support[number])
    }
    averages.macroPrecision /= Double(max(present, 1))
    averages.macroRecall /= Double(max(present, 1))
    averages.macroF1 /= Double(max(present, 1))
    averages.weightedF1 /= Double(max(documents, 1))
    averages.accuracy = Self.ratio(hits, documents)
    return averages
  }

  private static func ratio(_ part: Int, _ whole: Int) -> Double {
    whole == 0 ? 0 : Double(part) / Double(whole)
  }
}
