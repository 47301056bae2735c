import FileAccess
import PipelineCore

/// The text of a document with the share of each token: its contribution to the score of a label.
package struct HeatMap: Sendable, Equatable {
  /// A part of the text.
  package struct Piece: Sendable, Equatable {
    /// The text.
    package var text: String
    /// The share of the token; `nil` for text between tokens.
    package var share: Double?
  }

  /// The parts of the text, in order; together they form the whole document.
  package private(set) var pieces: [Piece] = []
  /// The largest absolute share.
  package let largest: Double

  /// Creates the heat map of a document.
  ///
  /// Tokens that overlap, such as characters of one ligature, become one piece with the sum of
  /// their shares.
  ///
  /// - Parameters:
  ///   - document: the UTF-8 bytes of the document.
  ///   - tokens: the range of each token in the document, in order of their starts.
  ///   - shares: the share of each token.
  package init(_ document: [UInt8], tokens: [Range<Int>], shares: [Double]) {
    var spans: [(range: Range<Int>, share: Double)] = []
    for (range, share) in zip(tokens, shares) where !range.isEmpty {
      if let last = spans.last, range.lowerBound < last.range.upperBound {
        let end = max(last.range.upperBound, range.upperBound)
        spans[spans.count - 1] = (last.range.lowerBound..<end, last.share + share)
      } else {
        spans.append((range, share))
      }
    }
    largest = spans.map { abs($0.share) }.max() ?? 0
    var position = 0
    func text(_ range: Range<Int>) -> String {
      String(decoding: document[range.clamped(to: document.indices)], as: UTF8.self)
    }
    for (range, share) in spans {
      if range.lowerBound > position {
        pieces.append(Piece(text: text(position..<range.lowerBound), share: nil))
      }
      pieces.append(Piece(text: text(range), share: share))
      position = range.upperBound
    }
    if position < document.count {
      pieces.append(Piece(text: text(position..<document.count), share: nil))
    }
  }

  /// Returns the size of a share relative to the largest, from 0 to 1.
  package func strength(_ share: Double) -> Double { largest > 0 ? abs(share) / largest : 0 }

  /// The minimum share, relative to the largest, at which a token is marked if there are no
  /// colours.
  private static let marked = 0.25
  /// The backgrounds of tokens that support the label, weak to strong, as indices of the 256
  /// terminal colours; colour-blind readers can also tell blue from orange.
  private static let supporting = [195, 153, 117, 75, 33]
  /// The backgrounds of tokens that oppose the label.
  private static let opposing = [230, 223, 216, 209, 202]

  /// Returns the text as one line for a terminal, in which control characters are escaped.
  ///
  /// With colours, the background of a token shows its share. Without colours, tokens with at least
  /// a quarter of the largest share are in brackets with their share.
  package func line(hasColours: Bool) -> String {
    pieces.map { piece in
      let text = QuotedText.escaped(piece.text)
      guard let share = piece.share else { return text }
      let strength = strength(share)
      guard hasColours else {
        return strength >= Self.marked
          ? "[\(text) \(NumberFormat.signedDecimal(share, 2))]" : text
      }
      let level = NumberFormat.whole((strength * 5).rounded()) - 1
      guard level >= 0 else { return text }
      let colours = share > 0 ? Self.supporting : Self.opposing
      return "\u{1B}[38;5;16;48;5;\(colours[level])m\(text)\u{1B}[0m"
    }.joined()
  }
}
