/// Normalizes one segment: a starter with everything that may join it or move within it.
///
/// Goals, in order: never slower than linear in what a text holds; the result of Unicode's
/// definition `NF(fold(NFD(X)))`; the same result when applied again.
///
/// - Source: Unicode Standard, D135-D146 (caseless matching); UAX #15, section 13 (stream-safe
///   text), for the limit on marks.
struct SegmentNormalizer {
  /// More non-starters than this in a row have no use in any language, but make putting them in
  /// order quadratic: with utf8proc 1 MiB of them would take some 20 minutes.
  static let longestRun = 30

  let form: UnicodeForm
  let folding: Bool
  private(set) var marksCut = 0
  private var scalars: [Int32] = []
  private var folded: [Int32] = []
  private var result: [UInt8] = []

  init(form: UnicodeForm, folding: Bool) {
    self.form = form
    self.folding = folding
  }

  /// The normalized bytes of `range` of `text`.
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

  /// Decomposes and cuts runs of non-starters. They are counted where they are decomposed: one mark
  /// of a text may be three, and what comes out must not be cut again.
  private mutating func decompose(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
    scalars.removeAll(keepingCapacity: true)
    var run = 0
    var index = range.lowerBound
    while index < range.upperBound {
      let (scalar, length) = UTF8Scalars.decode(text, at: index)
      index += length
      if run > Self.longestRun {
        // Nothing but the next starter ends the run: a plain mark need not be decomposed.
        let facts = Utf8proc.facts(scalar)
        if facts.combiningClass != 0 && !facts.isDecomposable {
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

  /// Folds after decomposing and sorting, as Unicode asks: U+0345 is a mark before folding and a
  /// letter after it, so its place among other marks must be settled first.
  private mutating func fold() {
    folded.removeAll(keepingCapacity: true)
    for scalar in scalars {
      Utf8proc.appendDecomposition(
        of: UInt32(bitPattern: scalar), compatibly: form.isCompatible, folding: true, to: &folded)
    }
    swap(&scalars, &folded)
    sortMarks(&scalars)
  }

  /// Canonical order: marks by combining class, equal ones as they stood. Runs are short by now, so
  /// insertion is the fastest way.
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
