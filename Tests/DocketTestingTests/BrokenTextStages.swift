import Glibc
import PipelineCore
import Synchronization

/// A normalizer that lowercases ASCII letters, correctly or with one deliberate fault.
struct BrokenNormalizer: Normalizer {
  enum Flaw: String, CaseIterable, Sendable {
    case none, growsEachTime, forgetsMap, ownSource, mapFalls, splitsOrigins, dropsWarnings, constantMap
    case dropsByte, fillsEmpty, random, remembers, sharesState, damagesPlaneFourteen
  }
  struct Configuration: StageConfiguration {
    var flaw = Flaw.none
    init() {}
    static var settings: [Setting<Self>] { [.choice("flaw", \.flaw, "deliberate fault")] }
  }

  static let stageName = "broken.v1"
  static let summary = "lowercases ASCII letters, with a deliberate fault"
  let configuration: Configuration
  /// The number of calls, and the number of calls in progress.
  private let calls = Counter()

  init(configuration: Configuration) { self.configuration = configuration }

  func normalize(_ text: AlignedText) -> AlignedText {
    let call = calls.enter()
    defer { calls.leave() }
    var result = text
    result.replaceInPlace(with: text.bytes.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 })
    let count = Int32(result.bytes.count)
    switch configuration.flaw {
    case .none: break
    case .growsEachTime:
      result.replace(with: result.bytes + [0x21], starts: Array(0...count) + [count])
    case .forgetsMap: result = AlignedText(source: Array(result.bytes.dropFirst()))
    case .ownSource:
      result = AlignedText(source: result.bytes)
      result.warnings = text.warnings
    case .mapFalls where count > 1:
      result.replace(with: result.bytes, starts: [1, 0] + Array(2...count))
    case .splitsOrigins where count > 0:
      result.replace(with: result.bytes, starts: [0] + Array(repeating: 1, count: Int(count)))
    case .constantMap:
      result.replace(with: result.bytes, starts: Array(repeating: 0, count: Int(count) + 1))
    case .dropsWarnings: result.warnings = []
    case .dropsByte:
      result.replace(
        with: Array(result.bytes.dropLast()), starts: Array(0..<max(count, 1)))
    case .fillsEmpty where count == 0: result.replace(with: [0x2D], starts: [0, 0])
    case .random:
      if Bool.random() { result.replace(with: [], starts: [count]) }
    case .remembers where call.isMultiple(of: 50):
      result.replace(with: [], starts: [count])
    case .sharesState where calls.overlaps(): result.replace(with: [], starts: [count])
    case .damagesPlaneFourteen:
      // The first byte of a code point of plane 14 becomes a lone byte.
      let bytes = result.bytes.indices.map { index in
        result.bytes[index] == 0xF3 && index + 1 < count && result.bytes[index + 1] >= 0xA0
          ? 0x3F : result.bytes[index]
      }
      result.replaceInPlace(with: bytes)
    default: break
    }
    return result
  }
}

/// Counts calls and those in progress.
final class Counter: Sendable {
  private let state = Mutex((total: 0, inProgress: 0))

  var inProgress: Int { state.withLock { $0.inProgress } }

  /// Waits for another call, and returns whether one is in progress.
  func overlaps(within milliseconds: Int = 10) -> Bool {
    for _ in 0..<milliseconds where inProgress < 2 { usleep(1000) }
    return inProgress > 1
  }

  func enter() -> Int {
    state.withLock { state in
      state.total += 1
      state.inProgress += 1
      return state.total
    }
  }

  func leave() { state.withLock { $0.inProgress -= 1 } }
}

/// A tokenizer that splits at white space, correctly or with one deliberate fault.
struct BrokenTokenizer: Tokenizer {
  enum Flaw: String, CaseIterable, Sendable {
    case none, wholeText, emptyToken, backwards, pastEnd, splitsCodePoint, forgetsMap
    case tokenForNothing, random, sharesState, keepsIdeographicSpace
  }
  struct Configuration: StageConfiguration {
    var flaw = Flaw.none
    init() {}
    static var settings: [Setting<Self>] { [.choice("flaw", \.flaw, "deliberate fault")] }
  }

  static let stageName = "broken.v1"
  static let summary = "splits at white space, with a deliberate fault"
  let configuration: Configuration
  private let calls = Counter()

  init(configuration: Configuration) { self.configuration = configuration }

  func tokenize(_ text: AlignedText) -> TokenSequence {
    _ = calls.enter()
    defer { calls.leave() }
    var ranges = Self.words(
      of: text.bytes, ideographic: configuration.flaw != .keepsIdeographicSpace)
    var text = text
    switch configuration.flaw {
    case .wholeText: ranges = text.bytes.isEmpty ? [] : [0..<text.bytes.count]
    case .emptyToken: ranges = ranges.flatMap { [$0.lowerBound..<$0.lowerBound, $0] }
    case .backwards: ranges.reverse()
    case .pastEnd where !ranges.isEmpty:
      ranges[ranges.count - 1] = ranges[ranges.count - 1].lowerBound..<text.bytes.count + 1
    case .splitsCodePoint:
      ranges = ranges.flatMap { range in
        range.count < 2
          ? [range]
          : [range.lowerBound..<range.lowerBound + 1, range.lowerBound + 1..<range.upperBound]
      }
    case .forgetsMap: text = AlignedText(source: text.bytes)
    case .tokenForNothing where ranges.isEmpty: ranges = [0..<min(1, text.bytes.count)]
    case .random: if Bool.random() { ranges = [] }
    case .sharesState where calls.overlaps(): ranges = []
    default: break
    }
    return TokenSequence(text: text, ranges: ranges)
  }

  private static func words(of bytes: [UInt8], ideographic: Bool) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start: Int?
    var offset = 0
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      let isSpace =
        scalar.properties.isWhitespace && (ideographic || scalar.value != 0x3000)
      if isSpace, let first = start {
        ranges.append(first..<offset)
        start = nil
      } else if !isSpace, start == nil {
        start = offset
      }
      offset += UTF8.width(scalar)
    }
    if let start { ranges.append(start..<offset) }
    return ranges
  }
}

/// A tokenizer with a word list that it loses.
struct ForgetfulTokenizer: Tokenizer, WordListStage {
  static let stageName = "forgetful.v1"
  static let summary = "loses its words"
  let configuration: NoSettings
  let words = Vocabulary()
  let wordFile: FilePath? = nil

  init(configuration: NoSettings) { self.configuration = configuration }

  func with(words: Vocabulary) -> Self { self }

  func tokenize(_ text: AlignedText) -> TokenSequence { TokenSequence(text: text, ranges: []) }
}

/// A tokenizer without tokens whose settings, name or summary are at fault.
struct BadlyDescribed<Settings: StageConfiguration & BadDescription>: Tokenizer {
  static var stageName: String { Settings.stageName }
  static var summary: String { Settings.summary }
  let configuration: Settings

  init(configuration: Settings) {
    self.configuration = Settings.isForgotten ? Settings() : configuration
  }

  func tokenize(_ text: AlignedText) -> TokenSequence { TokenSequence(text: text, ranges: []) }
}

/// What is at fault in a `BadlyDescribed` stage.
protocol BadDescription {
  static var stageName: String { get }
  static var summary: String { get }
  static var isForgotten: Bool { get }
}

extension BadDescription {
  static var stageName: String { "described.v1" }
  static var summary: String { "has a deliberate fault" }
  static var isForgotten: Bool { false }
}

/// Two settings that act on one property.
struct SharedProperty: StageConfiguration, BadDescription {
  var one = 1
  var two = 2
  init() {}
  static var settings: [Setting<Self>] {
    [.integer("one", \.one, 0...9, "first"), .integer("two", \.one, 0...9, "second")]
  }
}

/// Two settings with one name.
struct RepeatedName: StageConfiguration, BadDescription {
  var one = 1
  var two = 2
  init() {}
  static var settings: [Setting<Self>] {
    [.integer("one", \.one, 0...9, "first"), .integer("one", \.two, 0...9, "second")]
  }
}

/// A property that drops what it is set to.
struct DroppedValue: StageConfiguration, BadDescription {
  var isOn: Bool {
    get { true }
    set {}
  }
  init() {}
  static var settings: [Setting<Self>] { [.boolean("isOn", \.isOn, "first")] }
}

/// A default outside its range.
struct DefaultOutOfRange: StageConfiguration, BadDescription {
  var one = 10
  init() {}
  static var settings: [Setting<Self>] { [.integer("one", \.one, 0...9, "first")] }
}

/// A stage that ignores the configuration that it is created with.
struct ForgottenSettings: StageConfiguration, BadDescription {
  var one = 1
  init() {}
  static var settings: [Setting<Self>] { [.integer("one", \.one, 0...9, "first")] }
  static var isForgotten: Bool { true }
}

/// A name without a version.
struct NoVersion: StageConfiguration, BadDescription {
  init() {}
  static var settings: [Setting<Self>] { [] }
  static var stageName: String { "words" }
}

/// A summary of two lines.
struct LongSummary: StageConfiguration, BadDescription {
  init() {}
  static var settings: [Setting<Self>] { [] }
  static var summary: String { "one\ntwo" }
}
