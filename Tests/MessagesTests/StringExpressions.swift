import SourceText

/// A string expression in source text: literals and other operands joined by `+`.
struct StringExpression {
  /// The text, with `{...}` in place of interpolations and of operands that are not literals.
  var text: String
  /// The tokens of the expression in its file.
  var range: Range<Int>

  /// The text in brackets at its end, which is a code; `nil` if it ends differently.
  var code: String? {
    guard text.hasSuffix("]"), let open = text.lastIndex(of: "[") else { return nil }
    let code = text[text.index(after: open)...].dropLast()
    return StringExpression.isCode(code) ? String(code) : nil
  }

  /// The text without the code at its end.
  var sentence: String {
    guard let code else { return text }
    return String(text.dropLast(code.count + 3))
  }

  /// Whether the text has at least two words that are not filled in, as sentences do.
  var isSentence: Bool {
    var depth = 0
    let fixed = text.filter { character in
      if character == "{" { depth += 1 }
      if character == "}" { depth -= 1 }
      return depth == 0 && character != "}"
    }
    return fixed.split(separator: " ").count { $0.contains(where: \.isLetter) } >= 2
  }

  /// Returns whether `text` has the form of a code: lower-case words joined by hyphens.
  static func isCode(_ text: some StringProtocol) -> Bool {
    let words = text.split(separator: "-", omittingEmptySubsequences: false)
    return text.first?.isNumber == false
      && words.allSatisfy { word in
        !word.isEmpty && word.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber) }
      }
  }

  /// Returns the string expressions among `tokens`, in order.
  static func all(in tokens: [SwiftToken]) -> [StringExpression] {
    var expressions: [StringExpression] = []
    var index = 0
    while index < tokens.count {
      guard tokens[index].kind == .string else {
        index += 1
        continue
      }
      let expression = StringExpression(in: tokens, from: index)
      expressions.append(expression)
      index = expression.range.upperBound
    }
    return expressions
  }

  /// Reads the expression that begins with the string literal at `start`.
  private init(in tokens: [SwiftToken], from start: Int) {
    text = Self.text(of: tokens[start])
    var end = start + 1
    while end + 1 < tokens.count, tokens[end].is("+"), !tokens[end + 1].is("=") {
      let operand = end + 1
      end = Self.end(ofOperandAt: operand, in: tokens)
      text +=
        tokens[operand].kind == .string && end == operand + 1
        ? Self.text(of: tokens[operand]) : "{\(tokens[operand..<end].source)}"
    }
    range = start..<end
  }

  /// Returns the text of a literal, with line feeds and tabs as escapes.
  private static func text(of token: SwiftToken) -> String {
    token.segments.map { segment in
      switch segment {
      case .text(let text):
        text.replacing("\n", with: "\\n").replacing("\t", with: "\\t").replacing("\r", with: "\\r")
      case .code(let tokens): "{\(tokens.source)}"
      }
    }.joined()
  }

  /// Returns the index after an operand: a literal or a name, with its calls and members.
  private static func end(ofOperandAt start: Int, in tokens: [SwiftToken]) -> Int {
    var end = tokens[start].kind == .symbol ? tokens.closing(start) + 1 : start + 1
    while end < tokens.count {
      if tokens[end].is(".") || tokens[end].is("?") && tokens[end + 1].is(".") {
        end += tokens[end].is("?") ? 3 : 2
      } else if tokens[end].is("(") || tokens[end].is("[") || tokens[end].is("{") {
        guard tokens[end].line == tokens[end - 1].line, tokens[end - 1].kind != .string else {
          break
        }
        end = tokens.closing(end) + 1
      } else {
        break
      }
    }
    return min(end, tokens.count)
  }
}
