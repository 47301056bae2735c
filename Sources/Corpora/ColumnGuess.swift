/// Guesses which columns of a table, or members of JSON objects, contain the label and the text.
///
/// A column is chosen only if it is unambiguous: it has a common name, or one column has few
/// distinct short values and another has many distinct long values.
struct ColumnGuess {
  /// A value in the sample: its first bytes and its length in characters.
  struct Cell: Hashable {
    /// The maximum number of bytes that are kept.
    private static let limit = 256
    var bytes: [UInt8]
    var length: Int

    init(_ bytes: some Collection<UInt8>) {
      self.bytes = Array(bytes.prefix(Self.limit))
      length = bytes.count { $0 & 0xC0 != 0x80 }
    }

    /// The number of words, separated by white space.
    var words: Int { bytes.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A }.count }
  }

  /// The statistics of a column.
  private struct Column {
    var name: String
    var distinct: Int
    var filled: Int
    var meanLength: Double
    var maximumLength: Int
    /// The share of values with several words.
    var wordy: Double
    /// The share of values that are longer than nearly all labels.
    var long: Double
  }

  private let columns: [Column]
  private let rowCount: Int
  /// The number of rows below which the number of distinct values is not significant.
  private static let fewRows = 8

  /// Collects the statistics of a sample.
  ///
  /// - Precondition: every row has a cell for each name.
  init(names: [String], rows: [[Cell]]) {
    rowCount = rows.count
    columns = names.enumerated().map { number, name in
      let cells = rows.map { $0[number] }
      let count = Double(max(cells.count, 1))
      return Column(
        name: name, distinct: Set(cells).count, filled: cells.count { $0.length > 0 },
        meanLength: Double(cells.reduce(0) { $0 + $1.length }) / count,
        maximumLength: cells.map(\.length).max() ?? 0,
        wordy: Double(cells.count { $0.words > 1 }) / count,
        long: Double(cells.count { $0.length > 64 }) / count)
    }
  }

  /// Returns the columns of the label and the text; `nil` if they are ambiguous.
  ///
  /// - Parameters:
  ///   - label: the column of the label, if it is known.
  ///   - text: the column of the text, if it is known.
  func choose(label: Int? = nil, text: Int? = nil) -> (label: Int, text: Int)? {
    let named = { (rank: (String) -> Int?, excluded: Int?) in
      columns.indices.filter { $0 != excluded && rank(columns[$0].name) != nil }
        .min { (rank(columns[$0].name) ?? 0, $0) < (rank(columns[$1].name) ?? 0, $1) }
    }
    let namedLabel = label ?? named(ColumnNames.labelRank, text)
    let namedText = text ?? named(ColumnNames.textRank, namedLabel)
    if let namedLabel, let namedText {
      return namedLabel == namedText ? nil : (namedLabel, namedText)
    }
    guard rowCount >= 2 else { return nil }
    if let namedLabel {
      return plainText(beside: namedLabel).map { (namedLabel, $0) }
    }
    guard let text = namedText ?? plainText(beside: nil) else { return nil }
    let labels = labelLike.filter { $0 != text && isShort($0, against: text) }
    return labels.count == 1 ? (labels[0], text) : nil
  }

  /// The names of the columns whose values look like labels.
  var labelNames: [String] { labelLike.map { columns[$0].name } }
  /// The names of the columns whose values look like texts.
  var textNames: [String] { textLike.map { columns[$0].name } }

  /// Whether the first of two columns contains long texts and the second labels: the reverse of
  /// `label<TAB>text`.
  var isReversed: Bool {
    guard columns.count == 2, rowCount > 0 else { return false }
    let (first, second) = (columns[0], columns[1])
    // Labels are never this long.
    if first.maximumLength > 256, first.long > 0.5, second.long == 0 { return true }
    guard rowCount >= Self.fewRows else { return false }
    // There are always far fewer distinct labels than distinct texts.
    if second.distinct * 10 <= rowCount, first.distinct >= 10 * second.distinct,
      isLabelLike(second)
    {
      return true
    }
    return second.distinct * 2 <= rowCount
      && first.distinct * 10 > rowCount * 9 && first.meanLength >= 2 * second.meanLength
      && first.wordy >= 0.5 && isLabelLike(second)
  }

  private func plainText(beside label: Int?) -> Int? {
    let found = textLike.filter { $0 != label }
      .sorted { columns[$0].meanLength > columns[$1].meanLength }
    guard let longest = found.first else { return nil }
    if found.count > 1, columns[longest].meanLength < 2 * columns[found[1]].meanLength {
      return nil
    }
    return longest
  }

  private func isShort(_ label: Int, against text: Int) -> Bool {
    columns[text].meanLength >= 2 * columns[label].meanLength
  }

  private var labelLike: [Int] { columns.indices.filter { isLabelLike(columns[$0]) } }

  private func isLabelLike(_ column: Column) -> Bool {
    column.maximumLength <= 100 && column.meanLength <= 40 && column.filled * 20 >= rowCount * 19
      && (rowCount < Self.fewRows || column.distinct * 2 <= rowCount)
  }

  private var textLike: [Int] {
    columns.indices.filter { number in
      let column = columns[number]
      return column.wordy >= 0.5 || column.meanLength >= 20
        ? rowCount < Self.fewRows || column.distinct * 2 > rowCount : false
    }
  }
}

extension ColumnGuess {
  /// Returns whether the first row of a table names its columns.
  ///
  /// - Parameters:
  ///   - first: the first row.
  ///   - rows: the other rows.
  ///   - isExpected: whether such tables usually have a header. If not, the row is a header only if
  ///     it has common names for both label and text.
  static func isHeader(_ first: [Cell], _ rows: [[Cell]], isExpected: Bool) -> Bool {
    func recurs(_ column: Int) -> Bool { rows.contains { $0[column] == first[column] } }
    let names = first.map { String(decoding: $0.bytes, as: UTF8.self) }
    let usual = { (rank: (String) -> Int?) in
      Set(names.indices.filter { rank(names[$0]) != nil && !recurs($0) })
    }
    let (labels, texts) = (usual(ColumnNames.labelRank), usual(ColumnNames.textRank))
    if !labels.isEmpty, !texts.isEmpty, labels.union(texts).count > 1 { return true }
    guard isExpected else { return false }
    if !labels.isEmpty || !texts.isEmpty { return true }
    let guess = ColumnGuess(names: names.indices.map { "column \($0 + 1)" }, rows: rows)
    guard let (label, text) = guess.choose(), !recurs(label) else { return false }
    let mean = guess.columns[text].meanLength
    return Double(first[text].length) * 3 < mean && first[text].words <= 3
  }
}

/// Common names of columns.
enum ColumnNames {
  /// Returns the rank of a common name for the label column, with 0 for the most common; `nil` for
  /// other names.
  static func labelRank(_ name: String) -> Int? { rank(name, in: labels) }

  /// Returns the rank of a common name for the text column; `nil` for other names.
  static func textRank(_ name: String) -> Int? { rank(name, in: texts) }

  /// Returns whether two names are equal, ignoring case and surrounding white space.
  static func isSimilar(_ name: String, _ other: String) -> Bool { key(name) == key(other) }

  private static func key(_ name: String) -> String {
    let scalars = name.lowercased().unicodeScalars.drop { $0.properties.isWhitespace }
    let end = scalars.lastIndex { !$0.properties.isWhitespace }
    return end.map { String(scalars[...$0]).replacing("_", with: " ") } ?? ""
  }

  private static func rank(_ name: String, in names: [String]) -> Int? {
    // No common name is longer, whereas a text may be much longer.
    guard name.utf8.count <= 64 else { return nil }
    return names.firstIndex(of: key(name))
  }

  private static let labels = [
    "label", "labels", "label name", "label text", "class", "class name", "category", "categories",
    "target", "topic", "sentiment", "intent", "emotion", "polarity", "tag", "genre", "section",
    "subject", "y",
    "etiket", "kategori", "sınıf", "sinif", "konu", "duygu", "kategorie", "klasse", "thema",
    "catégorie", "categorie", "classe", "étiquette", "sujet", "categoría", "categoria", "clase",
    "etiqueta", "tema", "rubrik", "kategoria", "категория", "метка", "класс", "тема", "рубрика",
    "برچسب", "دسته", "موضوع", "رده", "التصنيف", "تصنيف", "الفئة", "فئة", "زمرہ", "श्रेणी", "वर्ग",
    "लेबल", "类别", "标签", "分类", "類別", "標籤", "分類", "カテゴリ", "ラベル", "분류", "라벨", "카테고리",
  ]

  private static let texts = [
    "text", "texts", "document", "content", "body", "sentence", "sentences", "review",
    "review text", "tweet", "tweet text", "comment", "message", "post", "article", "utterance",
    "question", "query", "phrase", "news", "description", "abstract", "summary", "headline",
    "title", "x",
    "metin", "yorum", "haber", "içerik", "icerik", "cümle", "cumle", "açıklama", "başlık", "baslik",
    "dokument", "inhalt", "satz", "nachricht", "texte", "phrase", "commentaire", "contenu", "titre",
    "texto", "comentario", "frase", "testo", "tekst", "текст", "сообщение", "комментарий", "متن",
    "متن خبر", "نص", "النص", "النص الكامل", "متن کامل", "پاٹھ", "पाठ", "टेक्स्ट", "文本", "内容", "正文",
    "標題", "标题", "文章", "評論", "评论", "テキスト", "本文", "텍스트", "본문", "내용",
  ]
}
