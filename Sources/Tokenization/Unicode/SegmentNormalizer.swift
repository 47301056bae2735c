/// Normalizes one segment: a starter with all code points that may join it or move within it.
///
/// Guarantees, in this order of priority: it takes time linear in the length of the text, returns
/// the result of Unicode's definition `NF(fold(NFD(X)))`, and is idempotent.
///
/// - Source: Unicode Standard, D135-D146 (caseless matching); UAX #15, section 13 (stream-safe
///   text), for the limit on marks.
struct SegmentNormalizer {
  /// The maximum number of consecutive non-starters that are kept.
  ///
  /// No language uses more, and sorting takes quadratic time: utf8proc needs about 20 minutes to
  /// sort 1 MiB of them.
  static let longestRun = 30

  let form: NormalizationForm
  let folding: Bool
  /// The number of marks that were removed.
  private(set) var marksCut = 0
  private var scalars: [Int32] = []
  private var folded: [Int32] = []
  private var result: [UInt8] = []

  init(form: NormalizationForm, folding: Bool) {
    self.form = form
    self.folding = folding
  }

  /// Returns the normalized bytes of `range` of `text`.
  mutating func normalize(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
  ) -> [UInt8] {
    decompose(text, range)
    sortMarks(&scalars)
    if folding { fold() }
    if form.isComposed { Utf8proc.compose(&scalars) }
    result.removeAll(keepingCapacity: true)
    for scalar in scalars { UTF8Scalars.append(UInt32(bitPattern: scalar), to: &result) }
    return result
  }

  /// Decomposes a range and truncates runs of non-starters.
  ///
  /// Non-starters are counted after decomposition, because one mark may become three, and
  /// normalizing the result must not truncate it again.
  private mutating func decompose(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
    scalars.removeAll(keepingCapacity: true)
    var run = 0
    var index = range.lowerBound
    while index < range.upperBound {
      let (scalar, length) = UTF8Scalars.decode(text, at: index)
      index += length
      if run > Self.longestRun {
        // Only a starter ends the run, so a plain mark need not be decomposed.
        let properties = Utf8proc.properties(scalar)
        if properties.combiningClass != 0 && !properties.isDecomposable {
          marksCut += 1
          continue
        }
      }
      let first = scalars.count
      Utf8proc.appendDecomposition(
        of: scalar, compatibly: form.isCompatible, folding: false, to: &scalars)
      var kept = first
      for place in first..<scalars.count {
        let isStarter = Utf8proc.combiningClass(UInt32(bitPattern: scalars[place])) == 0
        run = isStarter ? 0 : run + 1
        if run > Self.longestRun {
          marksCut += 1
        } else {
          scalars[kept] = scalars[place]
          kept += 1
        }
      }
      scalars.removeLast(scalars.count - kept)
    }
  }

  /// Folds case, after decomposition and sorting as Unicode requires.
  ///
  /// U+0345 is a mark before folding and a letter afterwards, so its place among other marks must
  /// be determined first.
  private mutating func fold() {
    folded.removeAll(keepingCapacity: true)
    for scalar in scalars {
      Utf8proc.appendDecomposition(
        of: UInt32(bitPattern: scalar), compatibly: form.isCompatible, folding: true, to: &folded)
    }
    swap(&scalars, &folded)
    sortMarks(&scalars)
  }

  /// Stably sorts marks by combining class.
  ///
  /// Runs are short at this point, so insertion sort is fastest.
  private func sortMarks(_ scalars: inout [Int32]) {
    for index in scalars.indices.dropFirst() {
      let scalar = scalars[index]
      let order = Utf8proc.combiningClass(UInt32(bitPattern: scalar))
      guard order != 0 else { continue }
      var place = index
      while place > 0,
        Utf8proc.combiningClass(UInt32(bitPattern: scalars[place - 1])) > order
      {
        scalars[place] = scalars[place - 1]
        place -= 1
      }
      scalars[place] = scalar
    }
  }
}
