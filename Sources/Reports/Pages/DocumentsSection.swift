import FileAccess
import Messages
import PipelineCore

/// The part of the page with the misclassified documents and those that were nearly misclassified.
enum DocumentsSection {
  /// The number of documents that the page shows if its script does not run.
  private static let withoutScript = 20
  /// The maximum length of a text on the page, in characters.
  private static let textLength = 280

  /// Returns the part; `nil` if the report has no documents.
  static func html(_ report: Report) -> String? {
    guard let documents = report.documents else { return nil }
    let labels = report.evaluation.labels
    let first = documents.errors.prefix(withoutScript).map { entry($0, labels: labels) }
    var note = ""
    if documents.errors.count < documents.errorCount {
      note =
        "<p class=\"quiet\">The list has the \(NumberFormat.integer(documents.errors.count)) most "
        + "confident of \(NumberFormat.integer(documents.errorCount)) misclassified documents; "
        + "report.errors sets the limit.</p>"
    }
    let none = documents.errors.isEmpty ? "<p>No document was misclassified.</p>" : ""
    return HTMLPage.part(
      "Documents", id: "wrong",
      """
      \(none)\(note)<div class="controls" id="controls" hidden>
      <label>show<select id="kind"><option value="errors">misclassified, most confident first</option>\
      <option value="uncertain">correct, least certain first</option></select></label>
      <label>true label<select id="expected"></select></label>
      <label>predicted label<select id="predicted"></select></label>
      <label>search<input id="search" type="search"/></label>
      </div>
      <p class="quiet" id="status" role="status" tabindex="-1"></p>
      <ol class="documents" id="list">
      \(first.joined(separator: "\n"))
      </ol>
      <button class="plain" type="button" id="more" hidden>Show more</button>
      <script type="application/json" id="documents">\(data(documents, labels: labels))</script>
      """)
  }

  private static func entry(_ document: ReportedDocument, labels: [Label]) -> String {
    let pair = [document.expected, document.predicted].map { HTMLText.isolate(labels[$0]) }
    let place = document.id.map { "\(document.position) · \($0)" } ?? "\(document.position)"
    let probability =
      document.probability.map { "\(NumberFormat.percent(Double($0))) · " } ?? ""
    let text = document.text.map { "<p dir=\"auto\">\(HTMLText.escape(cut($0)))</p>" } ?? ""
    return """
      <li><div class="pair">\(pair[0]) predicted as \(pair[1])</div>\
      <div class="place">\(probability)\
      <bdi>\(HTMLText.escape(place))</bdi></div>\(text)</li>
      """
  }

  /// Returns the documents as JSON that is safe inside a script element.
  private static func data(_ documents: ReportedDocuments, labels: [Label]) -> String {
    func rows(_ documents: [ReportedDocument]) -> JSONValue {
      .array(
        documents.map { document in
          .array([
            .string("\(document.position)"), document.id.map(JSONValue.string) ?? .null,
            .integer(document.expected), .integer(document.predicted),
            rounded(document.probability), rounded(document.expectedProbability),
            rounded(document.margin), document.text.map { .string(cut($0)) } ?? .null,
          ])
        })
    }
    let value = JSONValue.members([
      "labels": .array(labels.map { .string(QuotedText.escaped("\($0)")) }),
      "errors": rows(documents.errors), "uncertain": rows(documents.uncertain),
    ])
    return HTMLText.scriptData(value.text())
  }

  private static func rounded(_ value: Float?) -> JSONValue {
    value.map { .decimal((Double($0) * 10_000).rounded() / 10_000) } ?? .null
  }

  private static func cut(_ text: String) -> String {
    text.count > textLength ? String(text.prefix(textLength - 1)) + "…" : text
  }
}
