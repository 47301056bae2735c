import PipelineCore

extension [VectorColumns] {
  /// The runs of columns that learn, with their rates.
  var learning: [(columns: Range<Int>, rateScale: Double)] { runs.filter { $0.rateScale > 0 } }

  /// The runs of columns that do not.
  var still: [Range<Int>] { runs.filter { $0.rateScale == 0 }.map(\.columns) }

  private var runs: [(columns: Range<Int>, rateScale: Double)] {
    var start = 0
    return map { run in
      defer { start += run.count }
      return (start..<start + run.count, run.rateScale)
    }
  }
}
