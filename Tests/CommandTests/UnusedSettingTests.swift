import TestSupport
import Testing

/// `check`, `run` and `train` warn about a setting that has no effect in a pipeline.
@Suite struct UnusedSettingTests {
  private static let vectors = "embedding={stage: word2vec.v1, vectors: v.txt}"

  @Test(
    "A changed setting that cannot act has a warning",
    arguments: [
      (["corpus.validation=0"], "training.thresholds=true"),
      (["classifier=ngrams.v1"], "training.epochs=7"),
      (["classifier=ngrams.v1"], "training.batch=3"),
      (["classifier=ngrams.v1"], "training.shard=3"),
      (["classifier=ngrams.v1"], "training.optimizer=sgd"),
      (["classifier=ngrams.v1"], "training.learningRate=0.5"),
      (["classifier=ngrams.v1"], "training.schedule=cosine"),
      (["classifier=ngrams.v1"], "training.warmup=0.2"),
      (["classifier=ngrams.v1"], "training.weightDecay=0.2"),
      (["classifier=ngrams.v1"], "training.focal=2"), (["classifier=ngrams.v1"], "training.clip=2"),
      (["classifier=ngrams.v1"], "training.clipValue=2"),
      (["classifier=ngrams.v1"], "training.averaging=0.9"),
      (["classifier=ngrams.v1"], "training.patience=2"),
      (["classifier=ngrams.v1"], "training.checkpointMinutes=9"),
      ([], "training.momentum=0.5"), ([], "training.plateauFactor=0.3"),
      (["classifier=ngrams.v1"], "training.minutes=3"),
      (["classifier=ngrams.v1"], "training.select=macroF1"),
      (["corpus.validation=0"], "training.select=macroF1"),
      ([], "training.plateauPatience=9"), (["corpus.validation=0"], "training.patience=2"),
      (["classifier.ngrams=0"], "classifier.characters=3"),
      (["classifier=recurrent.v1", "classifier.ngrams=0"], "classifier.characters=3"),
      (["classifier=recurrent.v1", "classifier.cell=gru"], "classifier.forgetBias=2"),
      (["embedding.tune=false"], "embedding.learningRateScale=2"),
      (["embedding.pretrain=true"], "embedding.pretrain.longest=9"),
      (["classifier=ngrams.v1"], "corpus.unlabelled=v.txt"), ([], "corpus.unlabelled=v.txt"),
      ([vectors], "corpus.unlabelled=v.txt"),
      ([vectors], "embedding.keepLimit=5"), ([vectors], "embedding.buckets=50"),
    ])
  func warned(settings: [String], setting: String) throws {
    let folder = try TinyPipeline.folder(epochs: 1)
    try folder.file("v.txt", "the 1 2\nbread 2 1\nstorm 0 1\nmelody 1 1\n")
    let options = (settings + [setting]).flatMap { ["--set", $0] }
    let name = String(setting.prefix { $0 != "=" })
    let check = try Command.docket(["check", "pipeline.yaml"] + options, folder: folder.path)
    #expect(check.text.contains("\(name) has no effect: "), "\(check.text) \(check.errors)")
    let train = try Command.docket(["train", "pipeline.yaml"] + options, folder: folder.path)
    #expect(train.errors.contains("\(name) has no effect: "), "\(train.errors)")
    // Without the setting there is no warning, unless the pipeline file has it too.
    let key = name.split(separator: ".").last ?? ""
    guard !TinyPipeline.text().contains("\(key): ") else { return }
    let rest = try Command.docket(
      ["check", "pipeline.yaml"] + settings.flatMap { ["--set", $0] }, folder: folder.path)
    #expect(!rest.text.contains("\(name) has no effect"), "\(rest.text)")
  }

  @Test(
    "A changed setting that acts has no warning",
    arguments: [
      ["training.epochs=2"], ["training.optimizer=sgd", "training.momentum=0.5"],
      ["training.schedule=plateau", "training.plateauFactor=0.3"], ["training.patience=2"],
      ["classifier=ngrams.v1", "training.classWeights=balanced"], ["classifier.characters=3"],
      ["classifier=recurrent.v1", "classifier.forgetBias=2"],
    ])
  func silent(settings: [String]) throws {
    let folder = try TinyPipeline.folder(epochs: 1)
    let check = try Command.docket(
      ["check", "pipeline.yaml"] + settings.flatMap { ["--set", $0] }, folder: folder.path)
    let said = check.text.split(separator: "\n").filter { $0.contains("has no effect") }
    #expect(said.allSatisfy { !$0.contains(settings.last?.prefix { $0 != "=" } ?? "") }, "\(said)")
  }
}
