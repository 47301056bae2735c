import ExternalStages
import PipelineCore
import TestSupport
import Testing

@Suite("ProcessClassifier")
struct ProcessClassifierTests {
  private let folder = TestFolder()

  /// A program that remembers the label of each first token and then gives this label the
  /// probability 3/4. Its state is a list of these pairs in base64.
  private static let script = #"""
    #!/bin/sh
    IFS= read -r greeting
    printf '%s\n' '{"protocol":1,"role":"classifier","name":"first word"}'
    case $greeting in *'"state":"'*)
      state=${greeting##*'"state":"'}
      words=$(printf '%s' "${state%%\"*}" | base64 -d) ;;
    esac
    while IFS= read -r line; do
      id=${line#*:}; id=${id%%,*}
      case $line in
        *'"train":'*)
          printf '{"id":%s,"state":"%s"}\n' "$id" "$(printf '%s' "$words" | base64 -w 0)" ;;
        *'"label":'*)
          first=${line#*'["'}; first=${first%%\"*}; label=${line##*:}
          words="$words$first=${label%?};"
          printf '{"id":%s}\n' "$id" ;;
        *'"bad"'*) exit 3 ;;
        *)
          first=${line#*'["'}; first=${first%%\"*}
          case $words in
            *"$first=0;"*) p='3,1' ;;
            *"$first=1;"*) p='1,3' ;;
            *) p='1,1' ;;
          esac
          printf '{"id":%s,"probabilities":[%s]}\n' "$id" "$p" ;;
      esac
    done
    """#

  private func stage(_ script: String = script) throws -> ProcessClassifier {
    var configuration = ProcessClassifier.Configuration()
    configuration.process = ProcessSettings(try TestPrograms.write(script, in: folder))
    return ProcessClassifier(configuration: configuration).with(access: .allowed(changed: false))
  }

  private func document(_ text: String) -> EncodedDocument {
    let words = text.split(separator: " ")
    return EncodedDocument(
      rows: [], hashes: words.map { ByteHash.hash($0.utf8) }, text: Array(text.utf8))
  }

  private var task: TrainingTask {
    let texts = ["bread oven", "guitar choir", "soup bread", "drum choir"]
    return TrainingTask(
      examples: LabelledExamples(
        documents: texts.map(document), labels: [0, 1, 0, 1], labelCount: 2))
  }

  @Test("A trained program classifies, also after its state was stored and read")
  func classifies() throws {
    let stage = try stage()
    let model = try stage.fit(task)
    let documents = ["bread x", "drum", "", "tuba"].map(document)
    let expected: [[Float]] = [[0.75, 0.25], [0.25, 0.75], [0.5, 0.5], [0.5, 0.5]]
    #expect(model.probabilities(of: documents, threads: 2) == expected)
    let restored = try stage.restore(
      from: TensorCollection(model.tensors), embedding: nil, labelCount: 2)
    #expect(restored.probabilities(of: documents, threads: 1) == expected)
    #expect(restored.tensors == model.tensors)
  }

  @Test("A document that the program cannot classify has an error, and no others")
  func failure() throws {
    let model = try stage().fit(task)
    let documents = ["bread", "bad", "drum"].map(document)
    let outcomes = model.outcomes(of: documents, threads: 1)
    #expect(outcomes.map { $0.failure?.code } == [nil, "program-ended", nil])
    let probabilities = model.probabilities(of: documents, threads: 1)
    #expect(probabilities[1].allSatisfy { $0.isNaN })
  }

  @Test("An error while training names the document")
  func trainingFailure() throws {
    let script = TestPrograms.sed(
      .classifier, #"/guitar/Q4"#, #"s/,"tokens".*/}/"#, #"s/,"train".*/,"state":"AAAA"}/"#)
    let error = #expect(throws: ProgramError.self) { try stage(script).fit(task) }
    #expect(error?.code == "program-ended")
    #expect(error?.sentence.hasPrefix("training document 2: the program") == true)
  }

  @Test("A state that is not base64 is an error", arguments: ["A", "AA=A", "====", "A-BC", "é==="])
  func wrongState(state: String) throws {
    let script = TestPrograms.sed(
      .classifier, #"s/,"tokens".*/}/"#, #"s/,"train".*/,"state":"\#(state)"}/"#)
    let error = #expect(throws: ProgramError.self) { try stage(script).fit(task) }
    #expect(error?.code == "program-answer")
  }

  @Test("States of any length survive a model", arguments: 0...7)
  func stateLengths(length: Int) throws {
    // Base64 of 0xFB 0xEF 0xBE ... is "++++".
    let whole = String(repeating: "++++", count: length / 3)
    let rest = ["", "+w==", "++8="][length % 3]
    let script = TestPrograms.sed(
      .classifier, #"s/,"tokens".*/}/"#, #"s|,"train".*|,"state":"\#(whole + rest)"}|"#)
    let stage = try stage(script)
    let model = try stage.fit(task)
    let restored = try stage.restore(
      from: TensorCollection(model.tensors), embedding: nil, labelCount: 2)
    #expect(restored.tensors == model.tensors)
    #expect(model.facts.weightCount == length)
  }

  @Test("The weights of the labels reach the program, if there are any")
  func weights() throws {
    let script = TestPrograms.sed(
      .classifier, #"s/,"tokens".*/}/"#,
      #"s/,"train":{"labels":2,"seed":1,"weights":\[1.5,0.5\]}}/,"state":"AAAAAAAA"}/"#,
      #"s/,"train":{"labels":2,"seed":1}}/,"state":"AAAA"}/"#)
    let stage = try stage(script)
    var task = task
    #expect(try stage.fit(task).facts.weightCount == 3)
    task.labelWeights = [1.5, 0.5]
    #expect(try stage.fit(task).facts.weightCount == 6)
  }

  @Test("Training can be interrupted while the program trains or reads examples")
  func interruption() throws {
    for command in [#"/"train":/e sleep 60"#, #"/"label":1/e sleep 60"#] {
      let script = TestPrograms.sed(
        .classifier, command, #"s/,"tokens".*/}/"#, #"s/,"train".*/,"state":"AAAA"}/"#)
      let start = ContinuousClock.now
      var task = task
      task.shouldStop = { ContinuousClock.now - start > .seconds(0.5) }
      #expect(throws: TrainingError.self) { try stage(script).fit(task) }
      #expect(ContinuousClock.now - start < .seconds(30))
    }
  }

  @Test("A program that cannot start is an error of checking and of restoring")
  func start() throws {
    let stage = try stage("#!/bin/sh\nexit 3\n")
    let checking = #expect(throws: ProgramError.self) { try stage.check(task) }
    #expect(checking?.code == "program-ended")
    let tensor = NamedTensor(name: "process.state", shape: [1], values: [0])
    let restoring = #expect(throws: ProgramError.self) {
      try stage.restore(from: TensorCollection([tensor]), embedding: nil, labelCount: 2)
    }
    #expect(restoring?.code == "program-ended")
    // Without permission to run programs, a model can still be read, for example to show it.
    let refused = stage.with(access: .refused)
    _ = try refused.restore(from: TensorCollection([tensor]), embedding: nil, labelCount: 2)
  }

  @Test("A damaged state in a model is an error")
  func damagedState() throws {
    let stage = try stage()
    for values in [[3], [1], [0, 0.5], [0, 16_777_216], [0, -1]] as [[Float]] {
      let tensor = NamedTensor(name: "process.state", shape: [values.count], values: values)
      #expect(throws: TensorError.self) {
        try stage.restore(from: TensorCollection([tensor]), embedding: nil, labelCount: 2)
      }
    }
    #expect(throws: TensorError.self) {
      try stage.restore(from: TensorCollection([]), embedding: nil, labelCount: 2)
    }
  }
}
