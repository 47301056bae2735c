import PipelineCore

extension [Float] {
  /// Appends numbers of vectors, or throws where the growth of an array would end the process.
  mutating func append(
    vectors numbers: some Collection<Float>
  ) throws(MemoryError) {
    let needed = count + numbers.count
    // An array grows to twice its capacity, next to the old one.
    if needed > capacity {
      try MemoryLimit.require(
        Double(Swift.max(needed, 2 * capacity)) * 4, for: "a table of word vectors")
    }
    self += numbers
  }
}
