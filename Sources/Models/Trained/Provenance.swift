import FileAccess
public import Messages
import NumericKernels
import Tokenization

/// The version of this package.
public enum DocketVersion {
  /// Major, minor and patch version.
  public static let current = "0.1.0"
}

/// The software and the hardware of a training.
public enum Provenance {
  /// What the bytes of a model depend on: machines with equal versions train equal models.
  public static var versions: [InfoItem] {
    [
      InfoItem("docket", DocketVersion.current),
      InfoItem("Unicode", Utf8proc.unicodeVersion),
      InfoItem("utf8proc", Utf8proc.libraryVersion),
      InfoItem("processor", processorKind),
    ]
  }

  /// The kind of processor, as far as results depend on it: not on the width of vectors, but training
  /// on matrix tiles (AMX) rounds differently.
  private static var processorKind: String {
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

  /// The name and the instruction set of the processor, for reports. Results do not depend on them
  /// beyond `versions`.
  package static var machine: String {
    [ProcessorName.current, InstructionSet.current.rawValue].compactMap { $0 }.joined(
      separator: ", ")
  }
}
