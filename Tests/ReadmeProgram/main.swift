// The program that README.md shows. A test compares and runs it.

// sample: program
import Docket

let training = try Corpus.read(["corpora/newsdesk/en/train.tsv"])
let pipeline = PipelineDescription(classifier: NGramClassifier())
let model = try await pipeline.train(on: training)
let prediction = try model.classify("The striker scored twice in the final.")
print(prediction.label, prediction.probability)
let scores = try model.evaluate(on: Corpus.read(["corpora/newsdesk/en/test.tsv"]))
print("accuracy", scores.accuracy, "macro F1", scores.macroF1)
try model.write(to: "news.docket")
// end of sample
