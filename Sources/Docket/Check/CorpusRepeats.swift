import Corpora
import Messages
public import PipelineCore

/// The documents in one part of a corpus that are exact or near duplicates of an earlier document.
public struct CorpusRepeats: Sendable {
  /// A document and the earlier one that it repeats.
  public struct Example: Sendable {
    /// The position of the document.
    public var position: InputPosition
    /// The position of the earlier document.
    public var earlier: InputPosition
    /// The share of shingles (runs of three tokens) that the two documents have in common, from 0
    /// to 1; `nil` for identical bytes.
    public var resemblance: Double?
  }

  /// The maximum number of examples that are kept.
  public static let exampleLimit = 20

  /// The number of documents with the same bytes as an earlier one. Empty documents do not count.
  public private(set) var exact = 0
  /// The number of other documents that share at least four fifths of their shingles (runs of three
  /// tokens) with an earlier one.
  public private(set) var near = 0
  /// The number of documents for which the search was stopped because too many others share their
  /// rarest words. They are not included in `near`.
  public private(set) var unfinished = 0
  /// The first repeats.
  public private(set) var examples: [Example] = []

  /// The number of repeats, exact and near.
  public var count: Int { exact + near }

  /// Creates an empty result.
  init() {}

  private init(
    _ found: [(document: CorpusDocument, earlier: CorpusDocument, resemblance: Double?)],
    unfinished: Int
  ) {
    self.unfinished = unfinished
    for (document, earlier, resemblance) in found {
      if resemblance == nil { exact += 1 } else { near += 1 }
      guard examples.count < Self.exampleLimit else { continue }
      examples.append(
        Example(
          position: document.position, earlier: earlier.position, resemblance: resemblance))
    }
  }
}

// MARK: - Search

extension CorpusRepeats {
  /// Finds the duplicate documents in each part.
  ///
  /// - Returns: for each part, its documents that repeat an earlier document of the same part, and
  ///   those that repeat a document of the first part.
  static func find(
    in parts: [UsableDocuments], threads: Int
  ) -> [(within: CorpusRepeats, ofFirst: CorpusRepeats)] {
    let search = Search(parts, threads: threads)
    let first = 0..<(parts.first?.documents.count ?? 0)
    var start = 0
    return parts.map { part in
      let range = start..<start + part.documents.count
      start = range.upperBound
      let within = search.repeats(of: range, threads: threads) { range.lowerBound..<$0 }
      guard range.lowerBound >= first.upperBound else { return (within, CorpusRepeats()) }
      return (within, search.repeats(of: range, threads: threads) { _ in first })
    }
  }

  /// The documents of all parts in sequence, indexed by their text and by their shingles.
  private struct Search: Sendable {
    private let documents: [CorpusDocument]
    private let index: ResemblanceIndex
    /// For each text, the first document of each part that has it, in order. Empty texts are
    /// omitted.
    private let places: [[UInt8]: [Int]]

    init(_ parts: [UsableDocuments], threads: Int) {
      documents = parts.flatMap(\.documents)
      index = ResemblanceIndex(
        ShingleSet.sets(parts.flatMap(\.hashes), threads: threads), threads: threads)
      var places: [[UInt8]: [Int]] = [:]
      var start = 0
      for part in parts {
        for (place, document) in part.documents.enumerated() where !document.text.isEmpty {
          if let last = places[document.text]?.last, last >= start { continue }
          places[document.text, default: []].append(start + place)
        }
        start += part.documents.count
      }
      self.places = places
    }

    /// Finds the repeats among the documents of `range`.
    ///
    /// - Parameter candidates: returns the range of documents to compare a given document with.
    func repeats(
      of range: Range<Int>, threads: Int, among candidates: @Sendable (Int) -> Range<Int>
    ) -> CorpusRepeats {
      let blocks = Shards.ranges(of: range.count, size: 64)
      let results = Shards.map(count: blocks.count, threads: threads) { block in
        blocks[block].map {
          result(for: range.lowerBound + $0, among: candidates(range.lowerBound + $0))
        }
      }.joined()
      let found = zip(range, results).compactMap { number, result in
        result.match.map { match in
          (documents[number], documents[match.document], match.resemblance)
        }
      }
      return CorpusRepeats(found, unfinished: results.count { $0.isUnfinished })
    }

    /// Returns a document with the same text or, if there is none, a document that resembles it.
    private func result(
      for number: Int, among range: Range<Int>
    ) -> ResemblanceIndex.SearchResult {
      let text = documents[number].text
      guard !text.isEmpty else { return ResemblanceIndex.SearchResult() }
      if let twin = places[text]?.first(where: { $0 >= range.lowerBound }),
        twin < range.upperBound
      {
        return ResemblanceIndex.SearchResult(match: (twin, nil))
      }
      return index.match(for: number, among: range)
    }
  }
}
