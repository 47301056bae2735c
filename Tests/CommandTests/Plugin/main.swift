import Docket
import DocketCommandLine
import DocketTesting

if CommandLine.arguments.dropFirst() == ["conform"] {
  let faults =
    try StageConformance.faults(in: PluralNormalizer())
    + StageConformance.faults(in: HyphenTokenizer())
    + StageConformance.faults(in: LetterEmbedding())
    + StageConformance.faults(in: CentroidClassifier())
  for fault in faults { print(fault) }
  print("\(faults.count) faults")
} else {
  DocketCommand.main { stages in
    try stages.register(normalizer: PluralNormalizer.self)
    try stages.register(tokenizer: HyphenTokenizer.self)
    try stages.register(embedding: LetterEmbedding.self)
    try stages.register(classifier: CentroidClassifier.self)
    if CommandLine.arguments.last == "twice" {
      try stages.register(tokenizer: OtherHyphenTokenizer.self)
    }
  }
}
