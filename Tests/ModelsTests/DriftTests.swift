import Docket
import FileAccess
import Glibc
import Models
import PipelineCore
import Testing

@Suite("Drift of documents")
struct DriftTests {
  private static let labels = LabelSet(["a", "b"].map { Label($0) })

  /// A profile of documents with some text and tokens. Every `every`th document is predicted as
  /// `b`.
  private func profile(
    _ count: Int, text: String = "rain", tokens: Int = 5, unknown: Int = 1, every: Int = 2
  ) -> DocumentProfile {
    var profile = DocumentProfile(labelCount: 2)
    for number in 0..<count {
      profile.add(
        Array(text.utf8), tokenCount: tokens + number % 3, unknownCount: unknown,
        probabilities: number % every == 0 ? [0.25, 0.75] : [0.875, 0.125])
    }
    return profile
  }

  private func found(_ new: DocumentProfile) -> [String] {
    Drift(from: profile(1_000), to: new, labels: Self.labels).found.map(\.name)
  }

  @Test("Documents of the same kind do not differ, also if there are few of them")
  func same() {
    #expect(found(profile(1_000)) == [])
    #expect(found(profile(12)) == [])
    let drift = Drift(from: profile(1_000), to: profile(12), labels: Self.labels)
    #expect(drift.sentences == ["no drift found (12 documents)"])
    let none = Drift(
      from: profile(1_000), to: DocumentProfile(labelCount: 2), labels: Self.labels)
    #expect(none.sentences == ["no documents to compare with the validation documents"])
    #expect(drift.json["drift"] == .bool(false))
  }

  @Test("What differs is named")
  func different() {
    #expect(found(profile(500, text: "بارا\u{646}")) == ["scripts"])
    #expect(found(profile(500, tokens: 100)) == ["lengths", "unknown words"])
    #expect(found(profile(500, unknown: 4)) == ["unknown words"])
    #expect(found(profile(500, every: 10)) == ["labels", "confidence"])
    let drift = Drift(from: profile(1_000), to: profile(500, unknown: 4), labels: Self.labels)
    #expect(drift.sentences[0].hasPrefix("warning: the unknown words of 500 documents differ"))
    #expect(drift.json["measures"]?.array?.count == 5)
    let sure = Drift(from: profile(1_000), to: profile(500, every: 10), labels: Self.labels)
    #expect(sure.sentences[0].contains("the labels of 500 documents differ from those of the"))
    #expect(sure.sentences[1].contains("the confidence of 500 documents differs from that of the"))
  }

  @Test("The shares are those of the documents, without what the index adds to each bin")
  func shares() throws {
    let drift = Drift(from: profile(1_000), to: profile(20, every: 1), labels: Self.labels)
    #expect(drift.sentences[0].contains(": a 0.00 %, was 50.00 % (index"))
    let measure = try #require(drift.measures.first { $0.name == "labels" })
    #expect(measure.shares.map(\.new) == [0, 1] && measure.shares.map(\.old) == [0.5, 0.5])
    #expect(measure.index.isFinite)
  }

  @Test("The index is that of the definition")
  func definition() throws {
    let drift = Drift(from: profile(1_000), to: profile(500, every: 10), labels: Self.labels)
    let measure = try #require(drift.measures.first { $0.name == "labels" })
    // 500 of 1,000 documents are b, and 50 of 500; half a document is added to each bin.
    let (p, q) = (500.5 / 1_001, 50.5 / 501)
    let index = (q - p) * log(q / p) + ((1 - q) - (1 - p)) * log((1 - q) / (1 - p))
    #expect(abs(measure.index - index) < 1e-12)
    // One degree of freedom: three times 1/1000 + 1/500 above 0.25.
    #expect(abs(measure.limit - (0.25 + 3 * (0.001 + 0.002))) < 1e-12)
  }

  @Test("A model keeps the profile, and a damaged one is an error of the file")
  func stored() throws {
    for pipeline in [try TinyModel.recurrent.get(), try TinyModel.linear.get()] {
      let profile = try #require(pipeline.validationProfile)
      #expect(profile.documents > 0 && profile.unknownTokens != nil)
      let bytes = try ModelArchive.encode(pipeline)
      let again = try ModelArchive.decode(bytes, name: "m.docket", stages: .builtIn)
      #expect(again.validationProfile == profile)
      #expect(again.validationConfidence == pipeline.validationConfidence)
    }
  }
}
