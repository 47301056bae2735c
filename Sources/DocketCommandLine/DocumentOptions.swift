public import ArgumentParser
import Corpora
import Docket
import FileAccess
import Models
import Platform

extension DocumentFormat: ExpressibleByArgument {}
extension ExplanationOptions.Method: ExpressibleByArgument {}

/// The options of the subcommands that read documents and write a record for each.
struct DocumentOptions: ParsableArguments {
  /// File names without `--input`. They are parsed only so that the error can suggest `--input`.
  @Argument(help: .hidden)
  var misplaced: [String] = []

  @Option(
    name: .customLong("format"),
    help: "The format of the documents: one per line, or a JSON object per line. (default: lines)")
  var givenFormat: DocumentFormat?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The file to read, which may be compressed (.gz); by default standard input.",
      valueName: "file"))
  var input = "-"

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The file to write when all documents are done; by default standard output.",
      valueName: "file"))
  var output = "-"

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Skip the first n documents, for example those that an interrupted command has processed.",
      valueName: "n"))
  var skip = 0

  @Option(
    name: .long,
    help: ArgumentHelp(
      "With --format jsonl: the member with the text; by default that of the training corpus.",
      valueName: "name"))
  var textField: String?

  func validate() throws {
    if let file = misplaced.first {
      throw ValidationError(
        "Documents come from standard input; use --input \(file) to read a file.")
    }
    guard !output.hasSuffix(".gz") else {
      throw ValidationError("--output does not compress; omit --output and use | gzip > \(output).")
    }
    guard skip >= 0 else { throw ValidationError("--skip must not be negative.") }
    guard format == .jsonl || textField == nil else {
      throw ValidationError("--text-field requires --format jsonl.")
    }
  }

  /// The format of the documents.
  var format: DocumentFormat { givenFormat ?? .lines }

  /// Returns the name of the member with the text, for a model or pipeline with this corpus
  /// section.
  func textMember(_ corpus: CorpusSection) -> String {
    textField ?? DocumentMembers(matching: corpus).text
  }

  /// Checks that no output is also an input, and locks the output file.
  ///
  /// - Parameter inputs: the files that the subcommand reads apart from the documents.
  func makeOutput(inputs: [String]) throws -> OutputFiles? {
    let inputs = inputs + [input]
    try checkFormat()
    guard output != "-" else {
      try OutputFiles.checkStreams(inputs: inputs)
      if skip > 0 { try Self.checkLastRecord() }
      return nil
    }
    // A signal that ends the process immediately could leave a temporary file behind, even during
    // the first check. A process that reads standard input may wait forever, so there a signal must
    // end it immediately.
    if input != "-" { Interruption.listen() }
    let files = try OutputFiles(output, inputs: inputs)
    if skip > 0, FileIdentity(of: output) != nil {
      files.release()
      throw Failure.Usage(
        sentence: "--skip with --output would replace the records in \(QuotedText.quote(output)); "
          + "to keep them, omit --output and append standard output to the file: >> \(output)")
    }
    return files
  }

  /// Checks that a file with JSON lines is not read as lines of text, unless `--format lines` is
  /// given.
  private func checkFormat() throws {
    guard givenFormat == nil, input != "-", CommandInput.hasJSONLines(input) else { return }
    throw Failure.Usage(
      sentence: "\(QuotedText.quote(input)) contains JSON lines; use --format jsonl to read the "
        + "text of each, or --format lines to read whole lines as documents")
  }

  /// Checks that records are not appended to an incomplete record, which a killed command may have
  /// left behind.
  private static func checkLastRecord() throws {
    guard let path = FileIdentity.path(of: STDOUT_FILENO),
      let last = try InputFile.lastByte(of: path), last != UInt8(ascii: "\n")
    else { return }
    let reason =
      "its last line is incomplete; remove the line, for example with sed -i '$d', before appending "
      + "records"
    throw FileError(.cannotCreate(reason), in: path)
  }
}

/// The options of the subcommands whose records can be JSON objects.
struct RecordOptions: ParsableArguments {
  @Flag(name: .long, help: "Print one JSON object per line.")
  var json = false

  @OptionGroup var identity: IdentityOptions

  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp(
      "With --format jsonl and --json: a member to copy to the record, under fields; repeatable.",
      valueName: "name"))
  var copy: [String] = []

  /// Checks that these options have an effect in combination with the others.
  func validate(with documents: DocumentOptions) throws {
    try identity.validate(with: documents)
    guard documents.format == .jsonl && json || copy.isEmpty else {
      throw ValidationError("--copy requires --format jsonl and --json.")
    }
    guard Set(copy.map { Array($0.utf8) }).count == copy.count else {
      throw ValidationError("--copy names a member twice.")
    }
  }

  /// Returns the members to read.
  func members(_ documents: DocumentOptions, corpus: CorpusSection) -> DocumentMembers {
    DocumentMembers(text: documents.textMember(corpus), id: identity.member, copied: copy)
  }
}

/// The option that names the member of JSON lines that identifies a document.
struct IdentityOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "With --format jsonl: the member that identifies a document; by default id.",
      valueName: "name"))
  var idField: String?

  /// The name of the member.
  var member: String { idField ?? "id" }

  /// Checks that the option has an effect in combination with the others.
  func validate(with documents: DocumentOptions) throws {
    guard documents.format == .jsonl || idField == nil else {
      throw ValidationError("--id-field requires --format jsonl.")
    }
  }
}
