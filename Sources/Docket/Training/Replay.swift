package import Corpora
import FileAccess
import Models
import PipelineCore

/// The documents of earlier corpora that continued training uses again.
package struct Replay {
  /// The documents to train on again, for classifiers trained in steps.
  private(set) var training: [CorpusDocument] = []
  /// The documents that help to select the best epoch.
  private(set) var validation: [CorpusDocument] = []
  /// All other earlier training documents, for a linear part that is fitted in one pass.
  private(set) var others: [CorpusDocument] = []
  /// The SHA-256 of each corpus that could be read.
  private(set) var fingerprints: [String] = []
  /// A sentence about each corpus that could not be read.
  private(set) var missing: [String] = []

  /// The number of earlier training documents.
  var available: Int { training.count + others.count }

  /// Reads `corpora` and draws documents from them.
  ///
  /// - Parameters:
  ///   - count: the maximum number of documents to train on again.
  ///   - seed: the seed for choosing documents.
  ///   - new: the SHA-256 of the new corpus, which is not replayed.
  /// - Throws: `FileError` if reading fails. A corpus that is missing or has changed becomes a
  ///   sentence in `missing`.
  init(of corpora: [TrainingCorpus], count: Int, seed: Int, new: String) throws {
    var old = CorpusSplit(training: [], validation: [])
    for corpus in corpora where corpus.sha256 != new {
      do {
        let split = try corpus.read()
        old.training += split.training
        old.validation += split.validation
        fingerprints.append(corpus.sha256)
      } catch let error as FileError where error.category == .inputOutput {
        throw error
      } catch {
        let reason = (error as? any DiagnosableError)?.sentence ?? "\(error)"
        missing.append("\(corpus.name): \(reason)")
      }
    }
    let share = Double(count) / Double(max(old.training.count, 1))
    let isDrawn = Self.draw(count, of: old.training, seed: seed)
    for (document, isDrawn) in zip(old.training, isDrawn) {
      if isDrawn { training.append(document) } else { others.append(document) }
    }
    let validating = Int((share * Double(old.validation.count)).rounded())
    validation = zip(old.validation, Self.draw(validating, of: old.validation, seed: seed))
      .filter(\.1).map(\.0)
  }

  /// Chooses `count` documents: as nearly as possible the same share of each label, and one
  /// document of every label before a second of any label.
  ///
  /// - Returns: for each document, whether it was chosen.
  package static func draw(_ count: Int, of documents: [CorpusDocument], seed: Int) -> [Bool] {
    var members: [[Int]] = []
    let labels = LabelSet(documents.lazy.map(\.label))
    members = Array(repeating: [], count: labels.count)
    for (number, document) in documents.enumerated() {
      if let label = labels.number(of: document.label) { members[label].append(number) }
    }
    var ranked: [(rank: Double, label: Int, number: Int)] = []
    for label in members.indices {
      var generator = SeededGenerator(seed: UInt64(bitPattern: Int64(seed)), 0x4e9, label)
      generator.shuffle(&members[label])
      for (place, number) in members[label].enumerated() {
        ranked.append((Double(place) / Double(members[label].count), label, number))
      }
    }
    ranked.sort { ($0.rank, $0.label) < ($1.rank, $1.label) }
    var isDrawn = Array(repeating: false, count: documents.count)
    for item in ranked.prefix(max(count, 0)) { isDrawn[item.number] = true }
    return isDrawn
  }
}

extension TrainingCorpus {
  /// Reads the documents, and splits them into training and validation as in the earlier run.
  ///
  /// - Throws: any error from the file; `ContinuedTrainingError` if the corpus has changed.
  func read() throws -> CorpusSplit {
    var options = section.options
    options.purpose = .evaluation
    let corpus = try section.readTraining(options)
    guard corpus.sha256 == sha256 else {
      throw ContinuedTrainingError(
        .otherCorpus(recorded: sha256, found: corpus.sha256), at: .file(name))
    }
    guard case .share(let share) = section.validation, share > 0 else {
      return CorpusSplit(training: corpus.documents, validation: [])
    }
    return corpus.split(validation: share, seed: seed)
  }
}
