import Docket
import DocketCommandLine
import DocketTesting
import Testing
import TestSupport

// The samples of Documentation/writing-a-stage.md. The page contains the text between the marks, so
// what it shows compiles and works.

// sample: stage
/// `hashtags.v1`: reads `#city_council` as words.
struct HashtagNormalizer: Normalizer {
  /// The settings of `hashtags.v1`.
  struct Configuration: StageConfiguration {
    /// Whether an underscore inside a tag becomes a space.
    var split = true
    init() {}
    static var settings: [Setting<Configuration>] {
      [.boolean("split", \.split, "whether underscores in a tag separate words")]
    }
  }

  static let stageName = "hashtags.v1"
  static let summary = "reads hashtags as words"
  let configuration: Configuration

  init(configuration: Configuration) { self.configuration = configuration }

  func normalize(_ text: AlignedText) -> AlignedText {
    var bytes = text.bytes
    var isInTag = false
    for index in bytes.indices {
      switch bytes[index] {
      case UInt8(ascii: "#"):
        isInTag = true
        bytes[index] = UInt8(ascii: " ")
      case UInt8(ascii: "_") where isInTag && configuration.split:
        bytes[index] = UInt8(ascii: " ")
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"):
        isInTag = false
      default: break
      }
    }
    var result = text
    result.replaceInPlace(with: bytes)
    return result
  }
}
// end of sample

// sample: candidates
extension HashtagNormalizer {
  /// Returns the stage if at least 1 % of the texts have a number sign.
  static func candidates(
    to current: HashtagNormalizer?, in sample: TextSample
  ) -> [TextAlternative<HashtagNormalizer>] {
    guard current == nil, sample.share(where: { $0.contains(UInt8(ascii: "#")) }) >= 0.01 else {
      return []
    }
    return [.init(HashtagNormalizer(configuration: .init()), settings: [stageName])]
  }
}
// end of sample

// sample: tokenizer
/// `longwords.v1`: the words between white space that have at least `least` characters.
struct LongWordTokenizer: Tokenizer {
  /// The settings of `longwords.v1`.
  struct Configuration: StageConfiguration {
    /// The minimum number of characters.
    var least = 2
    init() {}
    static var settings: [Setting<Configuration>] {
      [.integer("least", \.least, 1...100, "minimum number of characters in a token")]
    }
  }

  static let stageName = "longwords.v1"
  static let summary = "words of a minimum length between white space"
  let configuration: Configuration

  init(configuration: Configuration) { self.configuration = configuration }

  func tokenize(_ text: AlignedText) -> TokenSequence {
    var ranges: [Range<Int>] = []
    var (start, offset, length) = (0, 0, 0)
    for scalar in String(decoding: text.bytes, as: UTF8.self).unicodeScalars {
      let end = offset + UTF8.width(scalar)
      if scalar.properties.isWhitespace {
        if length >= configuration.least { ranges.append(start..<offset) }
        (start, length) = (end, 0)
      } else {
        length += 1
      }
      offset = end
    }
    if length >= configuration.least { ranges.append(start..<offset) }
    return TokenSequence(text: text, ranges: ranges)
  }
}
// end of sample

// sample: command
/// The `docket` command with one more stage.
func runCommand() {
  DocketCommand.main { stages in
    try stages.register(normalizer: HashtagNormalizer.self)
  }
}
// end of sample

@Suite("Samples of the documentation")
struct DocumentationSampleTests {
  // sample: conformance
  @Test("hashtags.v1 keeps the promises of its role")
  func conforms() throws {
    let stage = HashtagNormalizer(configuration: .init())
    let texts = StageConformance.sampleTexts + ["#city_council votes", "no_tag #"]
    let faults = try StageConformance.faults(in: stage, texts: texts)
    #expect(faults == [])
  }
  // end of sample

  @Test("longwords.v1 keeps the promises of its role")
  func tokenizerConforms() {
    #expect(StageConformance.faults(in: LongWordTokenizer()) == [])
    let tokens = LongWordTokenizer { $0.least = 3 }.tokenize(AlignedText("in the şehir 北京 a"))
    #expect((0..<tokens.count).map(tokens.string) == ["the", "şehir"])
  }

  @Test("A tag is read as words, and underscores elsewhere stay")
  func readsTags() {
    let stage = HashtagNormalizer(configuration: .init())
    let text = stage.normalize(AlignedText("#city_council met, not_here"))
    #expect(String(decoding: text.bytes, as: UTF8.self) == " city council met, not_here")
  }

  @Test("A program registers a stage, trains, saves, loads and classifies with it")
  func registers() async throws {
    let folder = try TinyPipeline.folder()
    let text = TinyPipeline.text().replacing(
      "normalizers:\n", with: "normalizers:\n  - stage: hashtags.v1\n    split: true\n")
    let file = try folder.file("tagged.yaml", text)
    let output = folder.path + "/model.docket"
    // sample: registry
    var stages = StageRegistry.builtIn
    try stages.register(normalizer: HashtagNormalizer.self)

    let pipeline = try PipelineDescription(contentsOf: file, stages: stages)
    try await pipeline.train().write(to: output)

    let model = try TrainedPipeline(contentsOf: output, stages: stages)
    let texts = ["#oven_bread and soup", "a choir and a violin"]
    for result in try await model.classifications(of: texts) {
      print(try result.get().label)
    }
    // end of sample
    #expect(try texts.map { try model.classify($0).label } == ["cooking", "music"])
    // The command knows only the stages that ship.
    #expect(try Command.docket("show", output).code == 65)
  }
}
