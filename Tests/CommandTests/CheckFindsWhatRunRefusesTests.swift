import TestSupport
import Testing

/// `docket check` reports every problem that ends `docket run` before training.
@Suite struct CheckFindsWhatRunRefusesTests {
  @Test(
    "What run refuses, check reports with the same code and exits with 1",
    arguments: [
      (["training.classWeights={absent: 2}"], "[conflict]"),
      (["training.classWeights={music: 1, absent: 0.5}"], "[conflict]"),
      (["corpus.testShare=0.0001"], "nothing-to-evaluate"),
      (["classifier.encoder.from=train.tsv"], "model-damaged"),
      (["classifier.encoder.from=other.docket", "classifier.hidden=7"], "encoder-differs"),
      (["classifier.encoder.from=linear.docket"], "encoder-missing"),
      (["embedding.minCount=1000"], "no-vectors"),
      (["classifier=ngrams.v1", "classifier.minCount=1000"], "no-features"),
      (["normalizers.0=markup.v1", "limits.tokens=0"], ""),
    ])
  func sameCode(settings: [String], code: String) throws {
    let folder = try TinyPipeline.folder(epochs: 1)
    for (output, classifier) in [("other", "bilstm.v1"), ("linear", "ngrams.v1")] {
      let made = try Command.docket(
        "train", "pipeline.yaml", "--set", "classifier=\(classifier)", "--output",
        "\(output).docket", folder: folder.path)
      #expect(made.code == 0, "\(made.errors)")
    }
    let options = settings.flatMap { ["--set", $0] }
    let run = try Command.docket(
      ["run", "pipeline.yaml", "--output", "out"] + options, folder: folder.path)
    let check = try Command.docket(["check", "pipeline.yaml"] + options, folder: folder.path)
    #expect(run.code == 65, "\(run.code) \(run.errors)")
    #expect(!folder.names.contains("out/model.docket"))
    #expect(check.code == 1 || check.code == 65, "\(check.text)")
    #expect(
      run.errors.contains(code) && (check.text + check.errors).contains(code),
      """
      \(run.errors)
      \(check.text) \(check.errors)
      """)
  }
}
