public import ArgumentParser
import Docket
import Messages
import Models
public import PipelineCore

extension ModelPrecision: ExpressibleByArgument {}

/// `docket convert`: writes a model with weights in a different precision.
struct ConvertCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert", abstract: "Convert the weights of a model to another precision.",
    discussion: """
      float16 writes weights as 16-bit floats: about half the size. int8 writes vectors, recurrent \
      weights and n-gram weights as 8-bit numbers with scales: a quarter to a third of the size, \
      and recurrent layers classify faster, with 8-bit states. A few labels can change; compare \
      the models with docket compare.

      A float16 model can be converted to float32 and back without change. An int8 model cannot \
      be converted to floats: convert the original model instead.
      """)

  @Argument(help: "The model file.")
  var model: String

  @Option(name: .long, help: "The precision to write.")
  var precision: ModelPrecision

  @Option(name: .long, help: ArgumentHelp("The model file to write.", valueName: "file"))
  var output: String

  @Flag(name: .long, help: "Print only errors.")
  var quiet = false

  /// A model can be converted without running its programs.
  var programAccess: ProgramAccess? { .described }

  func run(stages: StageRegistry) throws {
    let files = try OutputFiles(output, inputs: [model])
    defer { files.release() }
    let display = ProgressDisplay(style: .none, isQuiet: quiet)
    defer { display.close() }
    let conversion = try FileKind.expecting(.model, at: model) {
      try ModelConversion(of: model, to: precision, stages: stages)
    }
    let (digest, size) = try conversion.write(to: output)
    let share = Double(size) / Double(conversion.originalSize)
    display.note(
      "wrote \(output), \(precision), \(NumberFormat.count(size, "byte", "bytes")), "
        + "\(NumberFormat.percent(share)) of \(model), SHA-256 \(digest)")
  }
}
