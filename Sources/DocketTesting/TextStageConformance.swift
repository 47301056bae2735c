public import PipelineCore

extension StageConformance {
  /// Checks a normalizer.
  ///
  /// - Parameters:
  ///   - normalizer: the stage, with its word list if it has one.
  ///   - texts: the texts to normalize, in addition to built-in ones.
  /// - Throws: any error from the normalizer.
  public static func faults(
    in normalizer: some Normalizer, texts: [String] = sampleTexts
  ) throws -> [Fault] {
    var faults = FaultList()
    checkStage(normalizer, &faults)
    let empty = try normalizer.normalize(AlignedText(""))
    faults.require(empty.bytes.isEmpty, .empty, "the empty text becomes \(shown(empty))")
    let texts = texts + planeTexts + [longText]
    var results: [AlignedText] = []
    for text in texts {
      let source = AlignedText(text)
      let once = try normalizer.normalize(source)
      results.append(once)
      checkChanges(of: once, text, &faults)
      faults.require(
        try normalizer.normalize(source) == once, .determinism,
        "\(quoted(text)): normalizing the same text again gives a different result")
      guard String(validating: once.bytes, as: UTF8.self) != nil else {
        faults.add(.utf8, "\(quoted(text)): the result is not valid UTF-8")
        continue
      }
      let twice = try normalizer.normalize(AlignedText(source: once.bytes))
      faults.require(
        twice.bytes == once.bytes, .idempotence,
        "\(quoted(text)): normalizing the result changes it again")
      checkMap(of: once, source: source.bytes, text, &faults)
      try checkChain(after: text, once, &faults) { try normalizer.normalize($0) }
    }
    // Repeat in reverse order, and on several threads.
    for (text, result) in zip(texts, results).reversed() {
      faults.require(
        try normalizer.normalize(AlignedText(text)) == result, .determinism,
        "\(quoted(text)): the result depends on the text before it")
    }
    checkConcurrency(count: texts.count - 1, texts, &faults) { [results] number in
      (try? normalizer.normalize(AlignedText(texts[number]))) == results[number]
    }
    return faults.faults
  }

  /// Checks a tokenizer.
  ///
  /// - Parameters:
  ///   - tokenizer: the stage, with its word list if it has one.
  ///   - texts: the texts to split, in addition to built-in ones.
  public static func faults(
    in tokenizer: some Tokenizer, texts: [String] = sampleTexts
  ) -> [Fault] {
    var faults = FaultList()
    checkStage(tokenizer, &faults)
    let texts = texts + planeTexts + [longText]
    var results: [TokenSequence] = []
    for text in ["", " ", "\t\n"] {
      let count = tokenizer.tokenize(AlignedText(text)).count
      faults.require(count == 0, .empty, "\(quoted(text)) has \(count) tokens; expected none")
    }
    for text in texts {
      let source = AlignedText(text)
      let tokens = tokenizer.tokenize(source)
      results.append(tokens)
      checkChanges(of: tokens.text, text, &faults)
      faults.require(
        tokenizer.tokenize(source) == tokens, .determinism,
        "\(quoted(text)): splitting the same text again gives different tokens")
      checkMap(of: tokens.text, source: source.bytes, text, &faults)
      checkChain(after: text, tokens.text, &faults) { tokenizer.tokenize($0).text }
      checkTokens(tokens, text, &faults)
    }
    for (text, result) in zip(texts, results).reversed() {
      faults.require(
        tokenizer.tokenize(AlignedText(text)) == result, .determinism,
        "\(quoted(text)): the tokens depend on the text before it")
    }
    checkConcurrency(count: texts.count - 1, texts, &faults) { [results] number in
      tokenizer.tokenize(AlignedText(texts[number])) == results[number]
    }
    return faults.faults
  }

  /// The code of a warning that no stage produces.
  private static let earlierCode = "earlier"

  private static func shown(_ text: AlignedText) -> String {
    quoted(String(decoding: text.bytes, as: UTF8.self))
  }

  /// Checks that `AlignedText` rejected no change of the stage.
  private static func checkChanges(of text: AlignedText, _ name: String, _ faults: inout FaultList)
  {
    guard let sentence = text.invalidChange else { return }
    faults.add(
      sentence.hasSuffix("UTF-8") ? .utf8 : .alignment, "\(quoted(name)): \(sentence)")
  }

  /// Checks that the map to the source never decreases, stays within the source, maps the start of
  /// each code point to the start of a code point, and maps the ASCII characters of an unchanged
  /// text to themselves.
  private static func checkMap(
    of text: AlignedText, source: [UInt8], _ name: String, _ faults: inout FaultList
  ) {
    guard let origins = text.origins else {
      faults.require(
        text.bytes.count == source.count, .alignment,
        "\(quoted(name)): the length changed, but there is no map to the source")
      return
    }
    guard !zip(origins, origins.dropFirst()).contains(where: { $0 > $1 }),
      origins.allSatisfy({ (0...source.count).contains(Int($0)) })
    else {
      return faults.add(
        .alignment, "\(quoted(name)): the map to the source decreases or is out of bounds")
    }
    if Int(origins[origins.count - 1]) != source.count {
      faults.add(
        .alignment,
        "\(quoted(name)): the map ends at byte \(origins[origins.count - 1]) of the "
          + "source; expected its end, \(source.count)")
    }
    let shifted =
      text.bytes != source
      ? nil : source.indices.first { source[$0] < 0x80 && Int(origins[$0]) != $0 }
    if let shifted {
      return faults.add(
        .alignment,
        "\(quoted(name)): the text is unchanged, but byte \(shifted) comes from byte "
          + "\(origins[shifted])")
    }
    func isBoundary(_ index: Int, of bytes: [UInt8]) -> Bool {
      index >= bytes.count || bytes[index] & 0xC0 != 0x80
    }
    let split = origins.indices.first {
      isBoundary($0, of: text.bytes) && !isBoundary(Int(origins[$0]), of: source)
    }
    if let split {
      faults.add(
        .alignment, "\(quoted(name)): byte \(split) begins a code point but comes from within one")
    }
  }

  /// Checks that the result is the same after a stage that removed two bytes and gave a warning,
  /// apart from the shifted origins and the warning.
  private static func checkChain(
    after text: String, _ once: AlignedText, _ faults: inout FaultList,
    _ change: (AlignedText) throws -> AlignedText
  ) rethrows {
    let bytes = Array(text.utf8)
    var earlier = AlignedText(source: [0x3C, 0x3E] + bytes)
    earlier.replace(with: bytes, starts: (0...bytes.count).map { Int32($0 + 2) })
    let warning = DocumentWarning(code: earlierCode, count: 7)
    earlier.warnings = [warning]
    let later = try change(earlier)
    let own = once.origins ?? (0...once.bytes.count).map { Int32($0) }
    faults.require(
      later.bytes == once.bytes && later.origins == own.map { $0 + 2 }, .alignment,
      "\(quoted(text)): the map of the previous stage is lost")
    faults.require(
      later.warnings.contains(warning), .warnings,
      "\(quoted(text)): the warning of the previous stage is lost")
  }

  private static func checkTokens(
    _ tokens: TokenSequence, _ text: String, _ faults: inout FaultList
  ) {
    let bytes = tokens.text.bytes
    var start = 0
    for (number, range) in tokens.ranges.enumerated() {
      func name() -> String { "\(quoted(text)), token \(number)" }
      faults.require(!range.isEmpty, .ranges, "\(name()): the token is empty")
      faults.require(
        range.lowerBound >= start, .ranges, "\(name()): begins before the previous token")
      guard range.lowerBound >= 0, range.upperBound <= bytes.count else {
        return faults.add(.ranges, "\(name()): ends after the text")
      }
      start = range.lowerBound
      guard let token = String(validating: bytes[range], as: UTF8.self) else {
        faults.add(.utf8, "\(name()): split within a code point")
        continue
      }
      faults.require(
        !token.unicodeScalars.contains { $0.properties.isWhitespace }, .whiteSpace,
        "\(name()): contains white space")
    }
  }
}
