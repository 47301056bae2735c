import FileAccess
public import Messages
import NumericKernels
import Tokenization

/// Names and versions of what took part in a training.
public enum Provenance {
  /// What a model depends on: the same on every machine that gives the same bytes.
  public static var versions: [InfoItem] {
    [
      InfoItem("docket", DocketVersion.current),
      InfoItem("Unicode", Utf8proc.unicodeVersion),
      InfoItem("utf8proc", Utf8proc.libraryVersion),
      InfoItem("processor", processorKind),
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
  package static var machine: String {
    [ProcessorName.current, InstructionSet.current.rawValue].compactMap { $0 }.joined(
      separator: ", ")
  }
}
