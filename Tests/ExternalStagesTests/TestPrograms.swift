import ExternalStages
import FileAccess
import Glibc
import PipelineCore
import TestSupport

/// Programs for the tests, written for `sh` and GNU sed.
enum TestPrograms {
  /// Returns a script that sends a greeting and then runs `body`, which reads the requests.
  ///
  /// - Parameter greeting: more members of the greeting, such as `,"dimensions":2`.
  static func script(_ role: StageRole, greeting: String = "", _ body: String) -> String {
    """
    #!/bin/sh
    IFS= read -r greeting
    printf '%s\\n' '{"protocol":1,"role":"\(role)","name":"test"\(greeting)}'
    \(body)

    """
  }

  /// Returns a script that changes each request with sed.
  static func sed(_ role: StageRole, greeting: String = "", _ commands: String...) -> String {
    let list = commands.map { "-e '\($0)'" }.joined(separator: " ")
    return script(role, greeting: greeting, "LC_ALL=C exec sed -u \(list)")
  }

  /// A normalizer that changes nothing.
  static let echo = script(.normalizer, "exec cat")

  /// The sed commands of a tokenizer that splits at spaces.
  static let spaces = #"s/"text":" */"tokens":["/;s/ *"}$/"]}/;s/  */","/g;s/\[""\]/[]/"#

  /// A tokenizer that splits at spaces.
  static let tokenizer = sed(.tokenizer, spaces)

  /// Writes a script and returns its path.
  static func write(_ script: String, in folder: TestFolder, as name: String = "program") throws
    -> String
  {
    let path = try folder.file(name, script)
    chmod(path, 0o755)
    return path
  }
}

extension ProcessSettings {
  /// Creates settings that run a program with short time limits.
  init(_ command: String..., timeout: Double = 20) {
    self.init()
    self.command = ProgramCommand(command.map { FilePath(written: $0, resolved: $0) })
    self.timeout = timeout
    startTimeout = max(timeout, 5)
  }
}

extension ProcessNormalizer {
  /// Creates a stage that may run a script, which is written to a folder.
  init(_ script: String, in folder: TestFolder, timeout: Double = 20) throws {
    let path = try TestPrograms.write(script, in: folder)
    self = ProcessNormalizer(configuration: ProcessSettings(path, timeout: timeout))
      .with(access: .allowed(changed: false))
  }

  /// Normalizes strings; errors become their codes in parentheses.
  func results(_ texts: [String]) -> [String] {
    normalize(batch: texts.map { AlignedText($0) }).map { result in
      switch result {
      case .success(let text): String(decoding: text.bytes, as: UTF8.self)
      case .failure(let error): "(\(error.code))"
      }
    }
  }
}

extension ProcessTokenizer {
  /// Creates a stage that may run a script, which is written to a folder.
  init(_ script: String, in folder: TestFolder, timeout: Double = 20) throws {
    let path = try TestPrograms.write(script, in: folder)
    self = ProcessTokenizer(configuration: ProcessSettings(path, timeout: timeout))
      .with(access: .allowed(changed: false))
  }

  /// Tokenizes strings. An error becomes a single token, its code in parentheses.
  func results(_ texts: [String]) -> [[String]] {
    tokenize(batch: texts.map { AlignedText($0) }).map { result in
      switch result {
      case .success(let tokens): tokens.strings
      case .failure(let error): ["(\(error.code))"]
      }
    }
  }
}

extension TestFolder {
  /// The lines of a file.
  func lines(_ name: String) throws -> [String] {
    let bytes = try InputFile.readAll(path: "\(path)/\(name)", limit: 1 << 20)
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
