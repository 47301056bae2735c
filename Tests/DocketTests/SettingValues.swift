import PipelineCore

/// The values of settings to try, and the settings that may change nothing.
enum SettingValues {
  /// Values to use if a value next to the default would have no effect on a small corpus.
  private static let chosen: [String: [String]] = [
    "limits.tokens": ["3"], "limits.documentBytes": ["40"],
    "corpus.train": ["FOLDER/other.tsv"], "corpus.test": ["FOLDER/other.tsv"],
    "corpus.validation": ["0.3", "FOLDER/other.tsv"], "corpus.testShare": ["0.2"],
    "corpus.unlabelled": ["FOLDER/text.txt"], "corpus.labelColumn": ["2"],
    "corpus.textColumn": ["1"], "corpus.encoding": ["windows-1254"],
    "training.epochs": ["1"], "training.batch": ["5"], "training.shard": ["3"],
    "training.minutes": ["0.0000001"], "training.clip": ["0.001"], "training.clipValue": ["0.0001"],
    "training.focal": ["2"],
    "training.averaging": ["0.9"], "training.plateauFactor": ["0.1"],
    "training.plateauPatience": ["3"], "training.patience": ["1"],
    "training.classWeights": ["balanced", "effective", "{a: 3, b: 1}"], "training.replay": ["2"],
    "report.errors": ["0"],
    "stopwords.v1.words": ["FOLDER/others.txt"], "dictionary.v1.words": ["FOLDER/others.txt"],
    "dictionary.v1.minCount": ["100"], "numbers.v1.least": ["1", "4"],
    "persian.v1.halfSpaces": ["word"], "subwords.v1.least": ["2"], "subwords.v1.most": ["4"],
    "random.v1.dimensions": ["5"], "random.v1.pretrain.text": ["FOLDER/text.txt"],
    "random.v1.pretrain.epochs": ["2"], "random.v1.pretrain.window": ["1"],
    "random.v1.pretrain.shortest": ["2"], "random.v1.pretrain.longest": ["4"],
    "random.v1.pretrain.buckets": ["7"], "random.v1.pretrain.subsample": ["0.1"],
    "random.v1.minCount": ["40"], "random.v1.pretrain": ["false", "{epochs: 1}"],
    "word2vec.v1.vectors": ["FOLDER/others.vec"], "word2vec.v1.keepLimit": ["1"],
    "word2vec.v1.buckets": ["7"], "word2vec.v1.shortest": ["2"], "word2vec.v1.longest": ["4"],
    "bilstm.v1.hidden": ["4"], "recurrent.v1.hidden": ["4"], "recurrent.v1.layers": ["3"],
    "recurrent.v1.truncate": ["2"], "ngrams.v1.features": ["9"], "ngrams.v1.minCount": ["40"],
    "ngrams.v1.cost": ["0.01"],
    "process.v1.command": ["[sh, ROLE.sh, two]"], "process.v1.settings": ["{count: two}"],
    "process.v1.timeout": ["0.05"], "process.v1.startTimeout": ["0.05"],
    "process.v1.trainTimeout": ["0.05"], "process.v1.minCount": ["40"],
    "bilstm.v1.encoder": ["false", "{from: FOLDER/first.docket}"],
    "recurrent.v1.encoder": ["false", "{from: FOLDER/first.docket}"],
    "bilstm.v1.encoder.from": ["FOLDER/first.docket"],
    "recurrent.v1.encoder.from": ["FOLDER/first.docket"],
  ]

  /// Settings that may change nothing, each with the reason. A key may be followed by `=` and the only
  /// value to which the reason applies.
  private static let allowed: [(key: String, reason: String)] = [
    ("training.checkpointMinutes", "it determines when checkpoints are written"),
    ("training.replay", "it acts when a model is continued with --from"),
    ("training.patience", "it is a limit, which need not be reached"),
    ("training.minutes=0.0000001", "it leaves one epoch, which is kept if it is the best"),
    ("training.select", "several scores can select the same epoch"),
    ("training.plateauPatience", "it is a limit, which need not be reached"),
    ("training.thresholds=true", "the best thresholds can be those of the highest probability"),
    ("corpus.format", "tsv names the format that is detected; the others are errors"),
    ("training.epochs=1", "the first epoch is kept if it is the best"),
    (
      "training.plateauFactor=0.1",
      "it acts after an epoch without improvement, which may be the best"
    ),
    ("training.thresholds=true", "the validation documents are all right without thresholds"),
    ("dictionary.v1.minCount=2", "no word is in the corpus 2 to 7 times"),
    ("corpus.badRows", "there is no unusable row"),
    ("bilstm.v1.encoder={from: FOLDER/first.docket}", "it is the model in use"),
    ("recurrent.v1.encoder={from: FOLDER/first.docket}", "it is the model in use"),
    ("recurrent.v1.memory", "it exchanges time for memory"),
    ("word2vec.v1.format", "it names the format that is detected; the others are errors"),
    ("word2vec.v1.headerMismatch", "the header is right"),
    ("word2vec.v1.nonFinite", "all numbers are finite"),
    ("bilstm.v1.encoder.from", "the only model is the one in use"),
    ("recurrent.v1.encoder.from", "the only model is the one in use"),
  ]

  /// Returns why a setting may change nothing; `nil` if it may not.
  static func reason(for setting: PipelineSetting, value: String, in base: String) -> String? {
    allowed.first { $0.key == setting.key || $0.key == "\(setting.key)=\(value)" }?.reason
  }

  /// Returns the values to try.
  static func values(of setting: PipelineSetting) -> [String] {
    if let values = chosen[setting.key] { return values }
    switch setting.form {
    case .integer(let range):
      let value = scalar(setting).flatMap { Int($0) } ?? range.lowerBound
      return [value + 1, value - 1].filter { range.contains($0) }.map(String.init)
    case .number(let range, _):
      let value = scalar(setting).flatMap { Double($0) } ?? 0
      return ["\(value == 0 ? min(0.3, range.upperBound) : value / 2)"]
    case .boolean: return ["true", "false"]
    case .choice(let names): return names
    case .section: return ["true", "false"]
    case .text, .path, .paths, .shareOrPath, .classWeights, .command, .mapping: return []
    }
  }

  private static func scalar(_ setting: PipelineSetting) -> String? {
    if case .scalar(let text, _) = setting.defaultValue { text } else { nil }
  }
}
