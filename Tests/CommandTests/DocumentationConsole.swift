import FileAccess
import Testing

/// A ```` ```console ```` block, which contains commands, each with the output that the page shows.
///
/// A line that begins with `$ ` is a command; one that ends in a backslash continues on the next.
/// All commands of a block run in one shell, so `echo $?` shows the exit code of the previous
/// command. A line `...` represents any number of lines.
struct DocumentationConsole {
  /// One command with its output.
  struct Step {
    /// The command without `$ `.
    var command: String
    /// The line of the page that it is on.
    var line: Int
    /// The lines of the page that hold its output.
    var output: Range<Int>
  }

  /// The commands in order.
  let steps: [Step]

  init(_ block: DocumentationPage.Block, of page: DocumentationPage) {
    var steps: [Step] = []
    var continues = false
    for (number, line) in zip(block.range, page.content(of: block)) {
      if continues, let last = steps.indices.last {
        steps[last].command += "\n" + line
        steps[last].output = number + 1..<number + 1
      } else if line.hasPrefix("$ ") {
        steps.append(
          Step(
            command: String(line.dropFirst(2)), line: number, output: number + 1..<number + 1))
      } else if let last = steps.indices.last {
        steps[last].output = steps[last].output.lowerBound..<number + 1
        continue
      }
      continues = line.hasSuffix("\\")
    }
    self.steps = steps
  }

  /// What a command printed, on both outputs, and its exit code.
  struct Result {
    var lines: [String]
    var code: Int32
  }

  /// Runs all commands.
  ///
  /// - Parameter folder: the working directory, made by `DocumentationFolder`.
  func run(in folder: String) throws -> [Result] {
    let shared = DocumentationFolder.shared
    var script = Self.preamble
    for step in steps {
      script += step.command == shared.command ? "cat \(shared.output)\n" : step.command + "\n"
      script += "s=$?; printf '\\n\\001%d\\n' $s; (exit $s)\n"
    }
    let outcome = try Command(["-c", script], program: "/bin/sh", folder: folder).wait()
    var results: [Result] = []
    var lines: [String] = []
    for line in outcome.text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("\u{1}") {
        // The mark begins on a line of its own, even after output that does not end with a line
        // feed.
        if lines.last == "" { lines.removeLast() }
        results.append(Result(lines: lines, code: Int32(line.dropFirst()) ?? -1))
        lines = []
      } else {
        lines.append(String(line))
      }
    }
    try #require(results.count == steps.count, "the shell ended early: \(outcome.text)")
    return results
  }

  /// The first lines of the script. They join both outputs, put `docket` on the path, and turn off
  /// matrix tiles, so that all processors with AVX2 print the same numbers.
  static let preamble = """
    exec 2>&1
    PATH='\(Folder.split(Command.path).folder)':$PATH
    export PATH LC_ALL=C.UTF-8 DOCKET_INSTRUCTION_SET=avx512

    """

  /// Returns the output to show in place of `shown`. If `shown` has lines `...`, the result has as
  /// many lines before, between and after them. Lines between two of them come from the part of the
  /// output that is most similar to what was shown.
  static func abridged(_ output: [String], like shown: [String]) -> [String] {
    let parts = shown.split(separator: "...", omittingEmptySubsequences: false).map(Array.init)
    guard let first = parts.first, let last = parts.last, parts.count > 1,
      output.count >= first.count + last.count
    else { return output }
    var abridged = Array(output.prefix(first.count))
    var start = first.count
    let end = output.count - last.count
    for part in parts.dropFirst().dropLast() where part.count <= end - start {
      let best = (start...end - part.count).max { left, right in
        likeness(part, output[left...]) < likeness(part, output[right...])
      }
      start = best ?? start
      abridged += ["..."] + output[start..<start + part.count]
      start += part.count
    }
    return abridged + ["..."] + output.suffix(last.count)
  }

  /// The number of words that two outputs have in common, line by line.
  private static func likeness(_ left: [String], _ right: ArraySlice<String>) -> Int {
    zip(left, right).reduce(0) { sum, lines in
      let words = Set(lines.1.split(separator: " "))
      return sum + lines.0.split(separator: " ").count { words.contains($0) }
    }
  }

  /// Returns the output in the form in which it is compared: with single spaces, and with
  /// placeholders for whatever is measured or depends on the machine or the version.
  static func normalized(_ output: [String]) -> [String] {
    var text = output.joined(separator: "\n")
    text.replace(/[ \t]+/, with: " ")
    text.replace(/\b[0-9a-f]{64}\b/, with: "<sha256>")
    text.replace(/[0-9,]+(?:\.[0-9]+)? (tokens|documents)\/s/) { "<rate> \($0.1)/s" }
    text.replace(/\b[0-9.]+ (?:s|min)\b/, with: "<time>")
    text.replace(/\b[0-9.]+ (?:MB|GB) of memory\b/, with: "<size> of memory")
    // The last two columns of the table of epochs.
    text.replace(/( %) [0-9.]+ [0-9,]+(\n|$)/) { "\($0.1) <time> <rate>\($0.2)" }
    text.replace(/"([a-z]*[sS]econds?|[a-z]+PerSecond)": ?[-+.0-9e]+/) { "\"\($0.1)\":<measured>" }
    text.replace(/[0-9,]+ bytes, SHA-256/, with: "<size> bytes, SHA-256")
    text.replace(/"bytes": [0-9]+/, with: "\"bytes\": <size>")
    text.replace(/(docket|Unicode|utf8proc)("?:?) "?[0-9]+(?:\.[0-9]+)+"?/) {
      "\($0.1)\($0.2) <version>"
    }
    text.replace(/(machine|processor)("?:? )[^\n]*/) { "\($0.1)\($0.2)<machine>" }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      String(line.drop { $0 == " " }).trimmingEnd()
    }
  }
}

extension String {
  fileprivate func trimmingEnd() -> String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
