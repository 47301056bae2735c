public import Messages
import Corpora
import PipelineCore
import Tokenization

extension PipelineDescription {
  /// A warning for each setting that was changed but has no effect in this pipeline.
  public var unusedSettings: [Finding] {
    var unused: [(name: String, reason: String)] = []
    func add(_ settings: [UnusedSetting], of role: String) {
      unused += settings.map { ("\(role).\($0.name)", "it requires \($0.requirement)") }
    }
    for (number, stage) in normalizers.enumerated() {
      add(stage.unusedSettings, of: "normalizers.\(number)")
    }
    add(tokenizer.unusedSettings, of: "tokenizer")
    let parts = embedding?.parts ?? []
    for (number, part) in parts.enumerated() {
      add(part.unusedSettings, of: parts.count == 1 ? "embedding" : "embedding.\(number)")
    }
    // An embedding table has only one precision.
    let halved = parts.indices.filter { parts[$0].changedSettings.contains("precision") }
    if halved.count < parts.count {
      unused += halved.map {
        ("embedding.\($0).precision", "it requires precision: float16 in every embedding")
      }
    }
    let hasVectorFile = parts.contains { $0.changedSettings.contains("vectors") }
    if hasVectorFile, tokenizer.changedSettings.contains("minCount"),
      tokenizer is DictionaryTokenizer,
      tokenizer.unusedSettings.isEmpty
    {
      unused.append(("tokenizer.minCount", "the words come from the vector file"))
    }
    if !corpus.unlabelled.isEmpty, embedding?.learnsFromUnlabelledText != true {
      unused.append(
        (
          "corpus.unlabelled",
          "it requires word vectors that are learned from text, such as random.v1 with pretrain: true"
        ))
    }
    add(classifier.unusedSettings, of: "classifier")
    let isOnePass = type(of: classifier).fitsInOnePass
    if !isOnePass { add(training.unusedSettings, of: "training") }
    if isOnePass {
      let name = type(of: classifier).stageName
      unused += training.changedSettings.filter { !Self.actInOnePass.contains($0) }
        .map { ("training.\($0)", "\(name) is trained in one pass") }
    }
    if !type(of: classifier).usesLabelWeights, training.changedSettings.contains("classWeights") {
      let name = type(of: classifier).stageName
      unused.append(("training.classWeights", "\(name) does not use label weights"))
    }
    if !isOnePass, training.minutes != nil, !(classifier is any BudgetedClassifier) {
      let name = type(of: classifier).stageName
      unused.append(("training.minutes", "the cost of training \(name) is not known"))
    }
    if case .share(0) = corpus.validation {
      let names =
        training.changedSettings.filter { ["patience", "thresholds", "select"].contains($0) }
        .map { "training.\($0)" }
        + classifier.changedSettings.filter { $0.utf8.elementsEqual("relearn".utf8) }
        .map { "classifier.\($0)" }
      unused += names.map { ($0, "there are no validation documents") }
    }
    return unused.map { Finding(.warning, "no-effect", "\($0.name) has no effect: \($0.reason)") }
  }

  /// The training settings that also take effect if a classifier is fitted in one pass.
  private static let actInOnePass = ["seed", "classWeights", "thresholds", "replay"]
}
