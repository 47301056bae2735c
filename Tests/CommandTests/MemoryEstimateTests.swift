import TestSupport
import Testing

/// Settings within their ranges that need more memory than there is are refused with an estimate.
@Suite struct MemoryEstimateTests {
  @Test(
    "Settings that need more memory than a limit allows are refused before memory is taken",
    arguments: [
      ["classifier={stage: recurrent.v1, hidden: 4096, layers: 16}"],
      ["classifier={stage: bilstm.v1, hidden: 4096}"],
      ["embedding.dimensions=4096", "classifier.hidden=4096"],
      [
        "embedding.pretrain=true", "embedding.pretrain.subwords=true",
        "embedding.pretrain.buckets=10000000",
      ],
    ])
  func refused(settings: [String]) throws {
    let folder = try TinyPipeline.folder(epochs: 1)
    let options = settings.map { "--set '\($0)'" }.joined(separator: " ")
    let outcome = try Command.shell(
      "ulimit -v 700000; SWIFT_BACKTRACE=enable=no exec $docket train pipeline.yaml \(options)",
      folder: folder.path)
    #expect(outcome.code == 65 || outcome.code == 74, "\(outcome.code) \(outcome.errors)")
    #expect(outcome.errors.hasSuffix("[not-enough-memory]\n"), "\(outcome.errors)")
    #expect(outcome.errors.contains(" of memory, but "), "\(outcome.errors)")
    #expect(!folder.names.contains("model.docket"))
    #expect(outcome.peakMemory < 300 << 20, "\(outcome.peakMemory)")
  }
}
