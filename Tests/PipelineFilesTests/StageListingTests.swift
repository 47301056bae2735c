import FileAccess
import PipelineCore
import PipelineFiles
import Testing

@Suite("Stage listing")
struct StageListingTests {
  @Test("The listing has every stage and setting with its default and range")
  func listing() throws {
    let listing = StageListing(TestStages.registry)
    #expect(
      listing.stages.map(\.name) == [
        "form.v1", "letters.v1", "words.v1", "file.v1", "random.v1", "tokens.v1", "vectors.v1",
      ])
    let lines = listing.text.split(separator: "\n").map { $0.drop { $0 == " " } }
    #expect(lines.contains("hidden   cells (a whole number, 1 to 4096; 64)"))
    #expect(lines.contains("vectors  the vectors (a file; required)"))
    #expect(lines.contains("rate     the step size (a number, above 0.0 and up to 10.0; 0.01)"))
    #expect(lines.contains("form  the form (one of nfc, nfkc; nfc)"))
    #expect(lines.contains { $0.hasPrefix("seed ") && $0.hasSuffix("at least 0; 1)") })
    let hidden = listing.json["stages"]?.array?.last?["settings"]?.array?.first
    #expect(hidden?["name"]?.string == "hidden")
    #expect(hidden?["default"]?.integer == 64)
    #expect(listing.json["stages"]?.array?.last?["input"]?.string == "vectors")
  }

  @Test("The schema has the same stages and settings")
  func schema() throws {
    let schema = StageListing(TestStages.registry).schema
    let classifiers = schema["properties"]?["classifier"]?["anyOf"]?.array ?? []
    let vectors = try #require(
      classifiers.first { $0["properties"]?["stage"]?["const"]?.string == "vectors.v1" })
    #expect(vectors["properties"]?["rate"]?["exclusiveMinimum"]?.double == 0)
    #expect(vectors["properties"]?["hidden"]?["maximum"]?.integer == 4096)
    #expect(vectors["additionalProperties"]?.bool == false)
    // A stage with a required setting cannot be given by name only.
    let forms = schema["properties"]?["embedding"]?["anyOf"]?.array ?? []
    #expect(forms.count == 2)
    for embedding in [forms.first, forms.last?["items"]] {
      let embeddings = embedding?["anyOf"]?.array ?? []
      #expect(embeddings.compactMap { $0["const"]?.string } == ["random.v1"])
    }
    #expect(schema["properties"]?.object?.count == 11)
  }
}
