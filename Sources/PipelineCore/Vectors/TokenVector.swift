extension EncodedDocument {
  /// Returns the vector of a token, `[D]`: a row of the table, or a vector that was computed from
  /// the n-grams of a word outside the table.
  ///
  /// - Precondition: the document was encoded with this table.
  public func vector(ofToken token: Int, in table: EmbeddingTable) -> ArraySlice<Float> {
    let (row, width) = (Int(rows[token]), table.dimensions)
    guard row >= table.rowCount else {
      return table.stored.array(row * width..<(row + 1) * width)[...]
    }
    let start = (row - table.rowCount) * width
    return newVectors[start..<start + width]
  }
}
