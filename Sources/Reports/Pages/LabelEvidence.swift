import FileAccess
import Messages
public import PipelineCore

/// The evidence that a model uses in the test documents: for each label, the n-grams with the
/// largest weights and the tokens with the most influence.
public struct LabelEvidence: Sendable, Equatable {
  /// An n-gram with its weight.
  public struct NGram: Sendable, Equatable {
    /// The text as it occurs in a document. In an n-gram of characters, a space marks the beginning
    /// or the end of a token.
    public var text: String
    /// Whether the n-gram consists of characters of a token, not of whole tokens.
    public var isOfCharacters: Bool
    /// The weight for the label, minus the mean of the weights for all labels.
    public var weight: Double

    /// Creates an n-gram.
    public init(text: String, isOfCharacters: Bool, weight: Double) {
      self.text = text
      self.isOfCharacters = isOfCharacters
      self.weight = weight
    }
  }

  /// A token and its influence on the score of the label.
  public struct Token: Sendable, Equatable {
    /// The text as it occurs in the first of the documents that contain the token.
    public var text: String
    /// The sum of the token's shares in the score of the label, in nats, divided by the number of
    /// documents in the sample for which the label was predicted.
    public var share: Double
    /// The number of documents in the sample that contain the token.
    public var documents: Int

    /// Creates a token.
    public init(text: String, share: Double, documents: Int) {
      self.text = text
      self.share = share
      self.documents = documents
    }
  }

  /// The evidence for one label.
  public struct Entry: Sendable, Equatable {
    /// The label.
    public var label: Label
    /// The n-grams with the largest weights that occur in the test documents, largest first.
    public var ngrams: [NGram]
    /// The tokens with the largest influence on the prediction of the label, largest first.
    public var tokens: [Token]

    /// Creates the evidence for a label.
    public init(label: Label, ngrams: [NGram], tokens: [Token]) {
      self.label = label
      self.ngrams = ngrams
      self.tokens = tokens
    }
  }

  /// The sample of documents in which the influence of tokens was measured.
  public struct Sample: Sendable, Equatable {
    /// The number of documents in the sample.
    public var documents: Int
    /// The number of all test documents.
    public var total: Int
    /// The seed with which the sample was chosen.
    public var seed: Int
    /// How the influence was measured.
    public var method: TokenShares.Method

    /// Creates a sample.
    public init(documents: Int, total: Int, seed: Int, method: TokenShares.Method) {
      self.documents = documents
      self.total = total
      self.seed = seed
      self.method = method
    }
  }

  /// The evidence for each label of the model that has any, in label order.
  public var entries: [Entry]
  /// The sample for the tokens; `nil` if the influence of tokens was not measured.
  public var sample: Sample?

  /// The maximum number of n-grams and of tokens per label.
  package static let limit = 10

  /// Creates evidence.
  public init(entries: [Entry], sample: Sample?) {
    self.entries = entries
    self.sample = sample
  }

  /// Whether any entry has n-grams.
  var hasNGrams: Bool { entries.contains { !$0.ngrams.isEmpty } }

  /// A sentence about the sample.
  var sentence: String? {
    sample.map { sample in
      let some =
        sample.documents < sample.total
        ? "\(NumberFormat.integer(sample.documents)) of "
          + "\(NumberFormat.integer(sample.total)) test documents, chosen with seed \(sample.seed)"
        : NumberFormat.count(sample.total, "test document", "test documents")
      return "measured on \(some), by \(sample.method.rawValue)"
    }
  }
}

extension LabelEvidence.NGram {
  /// The text with visible spaces at its ends.
  var visible: String {
    var letters = text[...]
    let (first, last) = (letters.hasPrefix(" "), letters.count > 1 && letters.hasSuffix(" "))
    if first { letters = letters.dropFirst() }
    if last { letters = letters.dropLast() }
    return (first ? "␣" : "") + letters + (last ? "␣" : "")
  }
}

// MARK: - Rendering

extension LabelEvidence {
  /// The number of n-grams and of tokens per label in a text report, and the width of each list.
  private static let (shownInText, textWidth) = (8, 90)
  /// The number of labels above which a text report and a page show no evidence.
  private static let (labelLimitOfText, labelLimitOfPage) = (20, 200)

  /// The evidence as lines of a text report.
  var lines: [String] {
    guard entries.count <= Self.labelLimitOfText else { return [] }
    var lines: [String] = []
    func add(_ title: String, _ texts: (Entry) -> [String]) {
      let rows = entries.map { ($0.label, texts($0)) }.filter { !$0.1.isEmpty }
      guard !rows.isEmpty else { return }
      if !lines.isEmpty { lines.append("") }
      lines.append(title)
      var table = TextTable([.left, .left])
      for (label, texts) in rows {
        // Each text is isolated, so that its writing direction does not reorder the list.
        let list = texts.prefix(Self.shownInText).map { QuotedText.escaped($0) }
        table.add([
          DisplayWidth.cut(QuotedText.escaped(label.description), to: 40),
          DisplayWidth.cut(list.joined(separator: "  "), to: Self.textWidth),
        ])
      }
      lines += table.lines
    }
    add("n-grams with the largest weights") { $0.ngrams.map(\.visible) }
    add("tokens with the most influence, \(sentence ?? "")") { $0.tokens.map(\.text) }
    return lines
  }

  /// The part of a page with the evidence; `nil` if there is none, or if there are too many labels.
  var html: String? {
    guard !entries.isEmpty, entries.count <= Self.labelLimitOfPage else { return nil }
    func list(_ items: [(text: String, number: Double)]) -> String {
      items.map { text, number in
        "<bdi>\(HTMLText.escape(text))</bdi> "
          + "<span class=\"quiet\">\(NumberFormat.decimal(number, 2))</span>"
      }.joined(separator: ", ")
    }
    let columns = [
      (hasNGrams, "n-grams with the largest weights"),
      (sample != nil, "tokens with the most influence"),
    ]
    let rows = entries.map { entry in
      let cells = [
        list(entry.ngrams.map { ($0.visible, $0.weight) }),
        list(entry.tokens.map { ($0.text, $0.share) }),
      ]
      let shown = zip(columns, cells).filter(\.0.0).map { "<td class=\"text\">\($1)</td>" }
      return "<tr><th scope=\"row\">\(HTMLText.isolate(entry.label))</th>\(shown.joined())</tr>"
    }
    let headings = columns.filter(\.0).map { "<th class=\"left\">\($0.1)</th>" }.joined()
    let weights =
      hasNGrams
      ? "<p class=\"quiet\">The weights are those of the linear part, minus the mean over all "
        + "labels. Only n-grams that occur in the test documents are shown; ␣ marks the beginning "
        + "or end of a word.</p>"
      : ""
    let tokens = sentence.map {
      "<p class=\"quiet\">The influence of a token is its share of the score of the label, in nats "
        + "per document with this prediction, \(HTMLText.escape($0)).</p>"
    }
    return HTMLPage.part(
      "What identifies each label",
      """
      <div class="scroll"><table class="labels">
      <thead><tr><th>label</th>\(headings)</tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      \(weights)
      \(tokens ?? "")
      """)
  }

  /// The evidence as JSON.
  var json: JSONValue {
    let labels = entries.map { entry in
      JSONValue.members([
        "label": .string("\(entry.label)"),
        "ngrams": .array(
          entry.ngrams.map { ngram in
            .members([
              "text": .string(ngram.text),
              "kind": .string(ngram.isOfCharacters ? "characters" : "words"),
              "weight": .decimal(ngram.weight),
            ])
          }),
        "tokens": .array(
          entry.tokens.map { token in
            .members([
              "text": .string(token.text), "share": .decimal(token.share),
              "documents": .integer(token.documents),
            ])
          }),
      ])
    }
    let sample = sample.map { sample in
      JSONValue.members([
        "documents": .integer(sample.documents), "total": .integer(sample.total),
        "seed": .integer(sample.seed), "method": .string(sample.method.rawValue),
      ])
    }
    return .members(["labels": .array(labels), "sample": sample ?? .null])
  }
}
