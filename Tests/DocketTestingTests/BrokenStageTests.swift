import DocketTesting
import PipelineCore
import Testing

/// Each stage below has one deliberate fault, and the kit names the requirement that it violates.
@Suite("Broken stages")
struct BrokenStageTests {
  typealias Requirement = StageConformance.Requirement

  private static let normalizers: [(BrokenNormalizer.Flaw, Requirement)] = [
    (.growsEachTime, .idempotence), (.forgetsMap, .alignment), (.ownSource, .alignment),
    (.mapFalls, .alignment), (.constantMap, .alignment), (.splitsOrigins, .alignment), (.dropsWarnings, .warnings),
    (.dropsByte, .utf8), (.fillsEmpty, .empty), (.random, .determinism),
    (.remembers, .determinism), (.sharesState, .concurrency), (.damagesPlaneFourteen, .utf8),
  ]

  private static let tokenizers: [(BrokenTokenizer.Flaw, Requirement)] = [
    (.wholeText, .whiteSpace), (.emptyToken, .ranges), (.backwards, .ranges),
    (.pastEnd, .ranges), (.splitsCodePoint, .utf8), (.forgetsMap, .alignment),
    (.tokenForNothing, .empty), (.random, .determinism), (.sharesState, .concurrency),
    (.keepsIdeographicSpace, .whiteSpace),
  ]

  private static let embeddings: [(BrokenEmbedding.Flaw, Requirement)] = [
    (.infinite, .finite), (.threads, .threads), (.random, .determinism), (.columns, .columns),
    (.negativeRate, .columns), (.emptyWord, .vocabulary), (.blankSummary, .name),
    (.ignoresStop, .interruption), (.wrongError, .interruption), (.otherWidth, .columns),
    (.sharesState, .concurrency), (.plainError, .empty),
  ]

  private static let classifiers: [(BrokenClassifier.Flaw, Requirement)] = [
    (.sumsToTwo, .probabilities), (.negative, .probabilities), (.tooFew, .probabilities),
    (.refusesEmpty, .empty), (.dependsOnBatch, .batch), (.dependsOnOrder, .batch),
    (.dependsOnThreads, .threads), (.trainsByThreads, .training), (.trainsRandomly, .training),
    (.losesPriors, .restoring), (.acceptsAnything, .refusal), (.wrongRefusal, .refusal),
    (.repeatedName, .tensorNames), (.reservedName, .tensorNames), (.neverPolls, .interruption),
    (.ignoresStop, .interruption), (.wrongError, .interruption), (.notFinite, .finite),
    (.vectorsForTokens, .vectors), (.fewShares, .shares), (.epochsFromZero, .history),
    (.sharesState, .concurrency), (.random, .determinism), (.savingChanges, .checkpoints),
    (.resumesWrong, .checkpoints), (.choosesEpoch, .history),
  ]

  @Test("A normalizer with one fault violates the requirement", arguments: normalizers)
  func normalizer(flaw: BrokenNormalizer.Flaw, requirement: Requirement) throws {
    let faults = try StageConformance.faults(in: BrokenNormalizer { $0.flaw = flaw })
    #expect(faults.contains { $0.requirement == requirement }, "\(faults)")
  }

  @Test("A tokenizer with one fault violates the requirement", arguments: tokenizers)
  func tokenizer(flaw: BrokenTokenizer.Flaw, requirement: Requirement) {
    let faults = StageConformance.faults(in: BrokenTokenizer { $0.flaw = flaw })
    #expect(faults.contains { $0.requirement == requirement }, "\(faults)")
  }

  @Test("An embedding with one fault violates the requirement", arguments: embeddings)
  func embedding(flaw: BrokenEmbedding.Flaw, requirement: Requirement) throws {
    let faults = try StageConformance.faults(in: BrokenEmbedding { $0.flaw = flaw })
    #expect(faults.contains { $0.requirement == requirement }, "\(faults)")
  }

  @Test("A classifier with one fault violates the requirement", arguments: classifiers)
  func classifier(flaw: BrokenClassifier.Flaw, requirement: Requirement) throws {
    let faults = try StageConformance.faults(in: BrokenClassifier { $0.flaw = flaw })
    #expect(faults.contains { $0.requirement == requirement }, "\(faults)")
  }

  @Test("A classifier that mixes up the new vectors of a batch violates a requirement")
  func newVectors() throws {
    let faults = try StageConformance.faults(in: MixedVectorsClassifier())
    #expect(faults.contains { $0.requirement == .batch }, "\(faults)")
  }

  @Test("Faults of a name, of settings and of word lists are named")
  func descriptions() {
    func requirements(_ stage: some Tokenizer) -> Set<String> {
      Set(StageConformance.faults(in: stage).map(\.requirement.rawValue))
    }
    #expect(requirements(BadlyDescribed<SharedProperty>()) == ["settings"])
    #expect(requirements(BadlyDescribed<RepeatedName>()) == ["settings"])
    #expect(requirements(BadlyDescribed<DroppedValue>()) == ["settings"])
    #expect(requirements(BadlyDescribed<DefaultOutOfRange>()) == ["settings"])
    #expect(requirements(BadlyDescribed<ForgottenSettings> { $0.one = 3 }) == ["settings"])
    #expect(requirements(BadlyDescribed<NoVersion>()) == ["name"])
    #expect(requirements(BadlyDescribed<LongSummary>()) == ["name"])
    #expect(requirements(ForgetfulTokenizer()) == ["words"])
  }

  @Test("The same stages without their fault conform")
  func sound() throws {
    #expect(try StageConformance.faults(in: BrokenNormalizer()) == [])
    #expect(StageConformance.faults(in: BrokenTokenizer()) == [])
    #expect(try StageConformance.faults(in: BrokenEmbedding()) == [])
    #expect(try StageConformance.faults(in: BrokenClassifier()) == [])
  }

  @Test("Every deliberate fault is in a table, and every requirement is violated by one")
  func complete() {
    #expect(Self.normalizers.count == BrokenNormalizer.Flaw.allCases.count - 1)
    #expect(Self.tokenizers.count == BrokenTokenizer.Flaw.allCases.count - 1)
    #expect(Self.embeddings.count == BrokenEmbedding.Flaw.allCases.count - 1)
    #expect(Self.classifiers.count == BrokenClassifier.Flaw.allCases.count - 1)
    var violated: Set<Requirement> = [.settings, .words]
    violated.formUnion(Self.normalizers.map(\.1))
    violated.formUnion(Self.tokenizers.map(\.1))
    violated.formUnion(Self.embeddings.map(\.1))
    violated.formUnion(Self.classifiers.map(\.1))
    #expect(violated == Set(Requirement.allCases))
  }
}
