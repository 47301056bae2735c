import PipelineCore

extension [Float] {
  /// Appends values of vectors. Throws if growing the array would exhaust memory and kill the
  /// process.
  mutating func append(
    vectors numbers: some Collection<Float>
  ) throws(MemoryError) {
    let needed = count + numbers.count
    // An array grows to twice its capacity while the old storage still exists.
    if needed > capacity {
      try MemoryLimit.require(
        Double(Swift.max(needed, 2 * capacity)) * 4, for: "a table of word vectors")
    }
    self += numbers
  }
}
