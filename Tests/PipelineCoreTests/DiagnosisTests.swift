import PipelineCore
import Testing

@Suite("Diagnosis")
struct DiagnosisTests {
  /// A fact of a stage outside this package.
  private enum LengthFact: DiagnosableFact {
    case tooLong(limit: Int)

    var code: String { "too-long" }
    var sentence: String {
      switch self {
      case .tooLong(let limit): "more than \(limit) lines; split the file"
      }
    }
  }

  private typealias LengthError = LocatedError<LengthFact>

  private func fail(at position: InputPosition?) throws(LengthError) {
    throw LengthError(.tooLong(limit: 3), at: position)
  }

  @Test("A located error prints its position, the sentence of its fact and its code")
  func description() {
    let error = #expect(throws: LengthError.self) {
      try fail(at: .line("a.txt", 4, column: 2))
    }
    #expect(error?.description == "a.txt:4:2: error: more than 3 lines; split the file [too-long]")
    #expect(error?.fact == .tooLong(limit: 3))
    #expect(error?.category == .badInput)
    let nowhere = LengthError(LengthError.Fact.tooLong(limit: 1), at: nil)
    #expect(nowhere.description == "error: more than 1 lines; split the file [too-long]")
  }

  @Test("A located error is caught by its alias and as any diagnosable error")
  func catching() {
    do {
      try fail(at: nil) as Void
    } catch let error as any DiagnosableError {
      #expect(error.code == "too-long" && error is LengthError)
      #expect(!(error is ConfigurationError))
    } catch {
      Issue.record("not diagnosable: \(error)")
    }
  }

  @Test(
    "Positions print as file, line, column and byte",
    arguments: [
      (.file("a"), "a"), (.line("a", 2, column: nil), "a:2"), (.line("a", 2, column: 3), "a:2:3"),
      (.byte("a", 9), "a@9"), (.lineByte("a", 2, byte: 9), "a:2@9"), (.option("--set"), "--set"),
    ] as [(InputPosition, String)])
  func positions(position: InputPosition, text: String) {
    #expect(position.description == text)
  }
}
