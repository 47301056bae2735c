import FileAccess
import NumericKernels
import Tokenization

/// Names and versions of what took part in a training.
public enum Origins {
  /// What a model depends on: the same on every machine that gives the same bytes.
  public static var versions: [Report.Fact] {
    [
      Report.Fact("docket", DocketVersion.current),
      Report.Fact("Unicode", Utf8proc.unicodeVersion),
      Report.Fact("utf8proc", Utf8proc.libraryVersion),
      Report.Fact("processor", processorKind),
    ]
  }

  /// The kind of processor, as far as results depend on it: how wide its vectors are does not count, but
  /// training on matrix tiles ends in other last digits.
  static var processorKind: String {
    #if arch(x86_64)
      return switch InstructionSet.current.rawValue {
      case "baseline": "x86-64"
      case "amx": "x86-64 with AMX"
      default: "x86-64 with AVX2"
      }
    #elseif arch(arm64)
      return "arm64"
    #else
      return "other"
    #endif
  }

  /// The processor that did it, for a report; results do not depend on it.
  static var machine: String {
    [ProcessorName.current, InstructionSet.current.rawValue].compactMap { $0 }
      .joined(separator: ", ")
  }
}
