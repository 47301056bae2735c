import SourceText

/// Messages that only exist where they are printed, collected from the text of the sources, and the
/// codes of all messages.
struct SourceMessages {
  /// Findings, warnings, notes, usage errors, and the details that other messages are filled with.
  private(set) var messages: [Message] = []
  /// The codes in the sources, each with the place of its first use.
  private(set) var codes: [String: String] = [:]

  init(_ files: [SourceFile]) {
    for file in files { read(file) }
  }

  private mutating func read(_ file: SourceFile) {
    let tokens = file.tokens
    let expressions = StringExpression.all(in: tokens)
    for property in ["var code: String {", "var warning: String {"] {
      for start in tokens.places(of: property) {
        let open = start + 4
        for expression in expressions where (open..<tokens.closing(open)).contains(expression) {
          add(code: expression.text, at: expression, of: file)
          if property.contains("warning") { addDocumentWarning(expression.text) }
        }
      }
    }
    for expression in expressions {
      read(expression, of: file)
    }
    for start in tokens.places(of: "var sentence: String {") {
      let body = start..<tokens.closing(start + 4)
      // A switch over facts is skipped: `ErrorSamples` has a sample of each case.
      if tokens[body].contains(where: { $0.is("switch") }) { continue }
      for expression in expressions where body.contains(expression) && expression.isSentence {
        add("sentence", expression)
      }
    }
    for start in tokens.indices.dropLast() where tokens[start + 1].is("(") {
      let arguments = (start + 2)..<tokens.closing(start + 1)
      let inside = expressions.filter(arguments.contains)
      if tokens[start].text.hasSuffix("Finding"), inside.count >= 2,
        StringExpression.isCode(inside[0].text)
      {
        let severity = tokens[arguments].prefix { !$0.is(",") }.filter { $0.kind == .word }
        add(code: inside[0].text, at: inside[0], of: file)
        messages.append(
          Message(
            code: inside[0].text,
            kind: Self.severity(severity.map(\.text)), sentence: inside[inside.count - 1].text))
      } else if tokens[start].is("ValidationError") {
        for sentence in inside { add("usage", sentence) }
      } else if tokens[start].text.hasSuffix("Error") {
        for detail in inside where detail.isSentence { add("detail", detail) }
      }
    }
  }

  /// Reads an expression. Its text, or the tokens before it, tell its kind.
  private mutating func read(_ expression: StringExpression, of file: SourceFile) {
    let tokens = file.tokens
    let start = expression.range.lowerBound
    func follows(_ source: String) -> Bool {
      let before = SwiftLexer.tokens(of: Array(source.utf8)).map(\.text)
      return tokens[..<start].suffix(before.count).map(\.text) == before
    }
    if let code = expression.code, expression.isSentence {
      add(code: code, at: expression, of: file)
      let kind = expression.text.contains("warning: ") ? "warning" : "error"
      messages.append(Message(code: code, kind: kind, sentence: expression.sentence))
    } else if follows("Usage(sentence:") {
      add("usage", expression)
    } else if follows("note("), expression.isSentence {
      add("note", expression)
    } else if follows("reason("), expression.isSentence {
      add("reason", expression)
    } else if expression.text.hasPrefix("warning: "), expression.isSentence {
      add("note", expression)
    } else if follows("DocumentWarning(code:") || follows(".warn(") {
      add(code: expression.text, at: expression, of: file)
      addDocumentWarning(expression.text)
    } else if StringExpression.isCode(expression.text), expression.text.contains("-"),
      // The formats of our own files and a method in records look like codes.
      !expression.text.hasPrefix("docket-"), expression.text != "integrated-gradients", start >= 3,
      tokens[start - 1].is("="),
      tokens[start - 3].is("case")
    {
      add(code: expression.text, at: expression, of: file)
    }
  }

  private mutating func add(_ kind: String, _ expression: StringExpression) {
    messages.append(Message(code: "-", kind: kind, sentence: expression.text))
  }

  private mutating func addDocumentWarning(_ code: String) {
    messages.append(Message(code: code, kind: "document warning", sentence: "\(code):{count}"))
  }

  private mutating func add(code: String, at expression: StringExpression, of file: SourceFile) {
    let place = file.place(file.tokens[expression.range.lowerBound].line)
    codes[code] = codes[code] ?? place
  }

  /// Returns the severities that an argument such as `isGrave ? .fault : .warning` chooses from.
  private static func severity(_ words: [String]) -> String {
    let known = words.filter { ["fault", "warning", "note"].contains($0) }
    return known.isEmpty ? "finding" : known.joined(separator: " or ")
  }
}

extension Range<Int> {
  /// Returns whether an expression lies within these tokens.
  fileprivate func contains(_ expression: StringExpression) -> Bool {
    contains(expression.range.lowerBound) && expression.range.upperBound <= upperBound
  }
}
