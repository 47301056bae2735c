import Corpora
import Messages
public import PipelineCore

/// Documents that say what another one says already.
public struct CorpusRepeats: Sendable {
  /// One of them, with the document that it repeats.
  public struct Example: Sendable {
    /// Where it stands.
    public var position: InputPosition
    /// Where the other one stands.
    public var earlier: InputPosition
    /// Shared shingles as a part of all; `nil` for the same bytes.
    public var resemblance: Double?
  }

  /// So many examples are kept.
  public static let exampleLimit = 20

  /// Documents with the same bytes as an earlier one; empty ones do not count.
  public private(set) var exact = 0
  /// Further documents that share at least four in five token shingles with an earlier one.
  public private(set) var near = 0
  /// Documents for which the search was broken off because too many others share their rarest
  /// words; they are not among `near`.
  public private(set) var unfinished = 0
  /// The first of them.
  public private(set) var examples: [Example] = []

  /// All of them.
  public var count: Int { exact + near }

  private mutating func note(
    _ document: CorpusDocument, repeats earlier: CorpusDocument, _ resemblance: Double?
  ) {
    if resemblance == nil { exact += 1 } else { near += 1 }
    guard examples.count < Self.exampleLimit else { return }
    examples.append(
      Example(
        position: document.position, earlier: earlier.position, resemblance: resemblance))
  }
}

extension CorpusRepeats {
  /// For each part its repeats of own earlier documents, and of documents of the first part.
  static func find(
    in parts: [UsableDocuments], threads: Int
  ) -> [(within: CorpusRepeats, ofFirst: CorpusRepeats)] {
    let search = RepeatSearch(parts, threads: threads)
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

  fileprivate init(
    _ found: [(document: CorpusDocument, earlier: CorpusDocument, resemblance: Double?)],
    unfinished: Int
  ) {
    for (document, earlier, resemblance) in found { note(document, repeats: earlier, resemblance) }
    self.unfinished = unfinished
  }
}

/// The documents of all parts one after the other, ready to be searched for repeats.
private struct RepeatSearch: Sendable {
  private let documents: [CorpusDocument]
  private let index: ResemblanceIndex
  /// The first document of each part with a text, in order; texts without bytes are left out.
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

  /// What documents repeat; `earlier` says among which others to look.
  func repeats(
    of range: Range<Int>, threads: Int, earlier: @Sendable (Int) -> Range<Int>
  ) -> CorpusRepeats {
    let blocks = Shards.ranges(of: range.count, size: 64)
    let findings = Shards.map(count: blocks.count, threads: threads) { block in
      blocks[block].map { finding(of: range.lowerBound + $0, in: earlier(range.lowerBound + $0)) }
    }.joined()
    let found = zip(range, findings).compactMap { number, finding in
      finding.match.map { match in
        (documents[number], documents[match.document], match.resemblance)
      }
    }
    return CorpusRepeats(found, unfinished: findings.count { $0.isUnfinished })
  }

  /// The same text if there is one, else one that resembles it.
  private func finding(of number: Int, in range: Range<Int>) -> ResemblanceIndex.Finding {
    let text = documents[number].text
    guard !text.isEmpty else { return ResemblanceIndex.Finding() }
    if let twin = places[text]?.first(where: { $0 >= range.lowerBound }), twin < range.upperBound {
      return ResemblanceIndex.Finding(match: (twin, nil))
    }
    return index.match(of: number, in: range)
  }
}
