public import PipelineCore

/// What every stage promises beyond its types: run these over a stage of your own.
///
/// Each check returns what it found wrong, in sentences; none is good. The texts should be in the
/// scripts that the stage is for; `sampleTexts` holds some of each kind to begin with.
public enum StageConformance {
  /// Texts that stages have stumbled over: empty, blank, marks, joiners, emoji, five scripts.
  public static let sampleTexts = [
    "", " ", "\t \u{3000}", "a", "Hello, world!", "don't stop-me now 3.14 e-mail@example.org",
    "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645} \u{6a9}\u{62a}\u{627}\u{628}",
    "\u{130}STANBUL I\u{15e}IK", "\u{4e2d}\u{56fd}\u{65b0}\u{95fb} iPhone 2024",
    "\u{939}\u{93f}\u{928}\u{94d}\u{926}\u{940} \u{915}\u{94d}\u{937}", "e\u{301}\u{323}",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}", "\u{200d}\u{200c}\u{202e}", "\u{fdfa}",
  ]

  /// Checks a normalizer: the text stays valid, applying it twice changes nothing more, and its map
  /// leads into the source without falling back.
  public static func faults(
    in normalizer: some Normalizer, texts: [String] = sampleTexts
  ) throws -> [String] {
    var faults: [String] = []
    for text in texts {
      let source = AlignedText(text)
      let once = try normalizer.normalize(source)
      if String(validating: once.bytes, as: UTF8.self) == nil {
        faults.append("\(text.debugDescription): the result is not UTF-8")
      }
      let twice = try normalizer.normalize(AlignedText(source: once.bytes))
      if twice.bytes != once.bytes {
        faults.append("\(text.debugDescription): a second time changes it again")
      }
      faults += mapFaults(once, sourceCount: source.bytes.count, text)
    }
    return faults
  }

  /// Checks a tokenizer: tokens in order, none empty, cut between characters, and without spaces, so
  /// that `docket tokenize` can separate them by one.
  public static func faults(
    in tokenizer: some Tokenizer, texts: [String] = sampleTexts
  ) -> [String] {
    var faults: [String] = []
    for text in texts {
      let tokens = tokenizer.tokenize(AlignedText(text))
      var start = 0
      for (number, range) in tokens.ranges.enumerated() {
        let name = "\(text.debugDescription), token \(number)"
        if range.isEmpty { faults.append("\(name): empty") }
        if range.lowerBound < start { faults.append("\(name): begins before the one before") }
        if range.upperBound > tokens.text.bytes.count { return faults + ["\(name): too far"] }
        if tokens.bytes(number).contains(UInt8(ascii: " ")) { faults.append("\(name): a space") }
        if String(validating: tokens.bytes(number), as: UTF8.self) == nil {
          faults.append("\(name): cut inside a character")
        }
        start = range.lowerBound
      }
    }
    return faults
  }

  private static func mapFaults(
    _ text: AlignedText, sourceCount: Int, _ name: String
  ) -> [String] {
    guard let origins = text.origins else {
      return text.bytes.count == sourceCount
        ? [] : ["\(name.debugDescription): another length, but no map to the source"]
    }
    let falls = zip(origins, origins.dropFirst()).contains { $0 > $1 }
    let isInside = origins.allSatisfy { (0...sourceCount).contains(Int($0)) }
    return falls || !isInside ? ["\(name.debugDescription): the map leads astray"] : []
  }
}
