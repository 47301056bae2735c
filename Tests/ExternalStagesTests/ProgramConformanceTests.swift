import ExternalStages
import FileAccess
import PipelineCore
import TestSupport
import Testing

@Suite("ProgramConformance")
struct ProgramConformanceTests {
  private let folder = TestFolder()

  /// Answers to invalid requests, for scripts that change valid ones with sed.
  private static let errors =
    #"/^{"id":[0-9]*,"text":"/!{"#
    + #"s/^{"id":\([0-9]*\),.*/{"id":\1,"error":"no text"}/;t;s/.*/{"id":null,"error":"?"}/;b}"#

  /// Returns the names of the checks that fail, and prints why they do.
  private func failures(
    _ script: String, _ role: StageRole = .normalizer, seconds: Double = 60
  ) throws -> [String] {
    let path = try TestPrograms.write(script, in: folder)
    var names: [String] = []
    var count = 0
    let isConforming = ProgramConformance(command: [path], role: role, seconds: seconds).run {
      count += 1
      guard let fault = $0.fault else { return }
      names.append($0.name)
      print("\($0.name): \(fault.prefix(300))")
    }
    #expect(isConforming == names.isEmpty)
    #expect(count > 0)
    return names
  }

  @Test("A conforming program passes every check")
  func conforming() throws {
    #expect(try failures(TestPrograms.sed(.normalizer, Self.errors)) == [])
  }

  @Test(
    "A program that breaks one rule fails the check of this rule",
    arguments: [
      ("/document 1500/p", "answers 2,000 requests in order, with their ids"),
      (#"s/"text":""/"texts":""/"#, "handles an empty document"),
      (#"s/\\\\n/n/;s/\\\\/\\/"#, "handles quotes, backslashes and control characters"),
      (#"s/"text":"\(Hello.*\)"}/"text":"\1."}/"#, "leaves normalized text unchanged"),
      (#"/lorem/Q3"#, "handles a document of 1 MiB"),
    ])
  func oneRule(commands: String, check: String) throws {
    let script = TestPrograms.sed(.normalizer, Self.errors, commands)
    #expect(try failures(script).contains(check))
  }

  @Test("A program whose answers depend on earlier requests fails")
  func memory() throws {
    let script = TestPrograms.script(
      .normalizer, #"exec sed -u -e '1,5s/"text":"/&x/'"#)
    let failures = try failures(script)
    #expect(
      failures.contains("gives the same answers in another process and in reverse order"))
  }

  @Test("A program that ignores invalid requests, or does not end, fails")
  func protocolRules() throws {
    #expect(
      try failures(TestPrograms.echo) == [
        "answers an invalid request with an error and continues"
      ])
    let endless = TestPrograms.script(
      .normalizer, "sed -u -e '\(Self.errors)'; exec sleep 1000")
    #expect(try failures(endless) == ["ends when its standard input is closed"])
  }

  @Test("Settings that come back changed fail, and a program may reject unknown settings")
  func settings() throws {
    let changed = """
      #!/bin/sh
      read -r greeting
      echo '{"protocol":1,"role":"normalizer","name":"x","settings":{"a":1}}'
      exec sed -u -e '\(Self.errors)'
      """
    #expect(try failures(changed) == ["returns its settings unchanged, or none"])
    let rejecting = """
      #!/bin/sh
      read -r greeting
      case $greeting in *conformance*) echo '{"error":"no such setting"}'; exit ;; esac
      echo '{"protocol":1,"role":"normalizer","name":"x"}'
      exec sed -u -e '\(Self.errors)'
      """
    #expect(try failures(rejecting) == [])
  }

  @Test(
    "A width of vectors that the stage refuses fails the check of the greeting",
    arguments: ["9223372036854775807", "65537", "0", "-1"])
  func width(width: String) throws {
    let script = TestPrograms.sed(
      .embedding, greeting: ",\"dimensions\":\(width)", #"s/"word.*/"vector":null}/"#)
    #expect(try failures(script, .embedding) == ["answers the greeting"])
  }

  @Test("A program that ends or hangs in a role does not reject it")
  func crash() throws {
    for (body, seconds) in [("exit 3", 20.0), ("read -r greeting; exec sed -u d", 20)] {
      let path = try TestPrograms.write("#!/bin/sh\n\(body)\n", in: folder)
      var checks = ProgramConformance(command: [path], role: .tokenizer, seconds: seconds)
      checks.startSeconds = 0.5
      #expect(checks.rejection() == nil)
    }
    let missing = ProgramConformance(command: ["\(folder.path)/none"], role: .tokenizer)
    #expect(missing.rejection()?.code == "program-missing")
  }

  @Test("A program that rejects a role has no checks in it")
  func role() throws {
    let path = try TestPrograms.write(TestPrograms.echo, in: folder)
    #expect(ProgramConformance(command: [path], role: .normalizer).rejection() == nil)
    let rejection = ProgramConformance(command: [path], role: .tokenizer).rejection()
    #expect(rejection?.code == "program-greeting")
  }
}
