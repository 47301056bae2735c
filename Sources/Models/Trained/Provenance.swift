import FileAccess
import Platform
public import Messages
import NumericKernels
import Tokenization

/// The version of this package.
public enum DocketVersion {
  /// Major, minor and patch version.
  public static let current = "0.1.0"
}

/// The software and hardware used for training.
public enum Provenance {
  /// The versions that the bytes of a model depend on: machines with equal versions train identical
  /// models.
  public static var versions: [InfoItem] {
    [
      InfoItem("docket", DocketVersion.current),
      InfoItem("Unicode", Utf8proc.unicodeVersion),
      InfoItem("utf8proc", Utf8proc.libraryVersion),
      InfoItem("processor", processorKind),
    ]
  }

  /// The kind of processor, as far as results depend on it. The width of its vector registers does
  /// not matter, but training with matrix tiles (AMX) rounds differently.
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

  /// The name and instruction set of the processor, for reports. Results depend on the processor
  /// only as far as `versions` records it.
  package static var machine: String {
    [processorName, InstructionSet.current.rawValue].compactMap { $0 }.joined(
      separator: ", ")
  }
}

extension Provenance {
  /// The processor's name as the system reports it, such as `Intel(R) Xeon(R) Processor`.
  private static let processorName: String? = {
    // `InputFile` cannot read this file, because the kernel reports its size as 0.
    let descriptor = open("/proc/cpuinfo", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var source = InputDescriptor(descriptor, name: "/proc/cpuinfo")
    guard let bytes = try? source.nextChunk(size: 1 << 14) else { return nil }
    let prefix = Array("model name".utf8)
    guard let line = bytes.split(separator: 0x0A).first(where: { $0.starts(with: prefix) }),
      let colon = line.firstIndex(of: UInt8(ascii: ":"))
    else { return nil }
    return String(decoding: line[(colon + 1)...].drop { $0 == 0x20 }, as: UTF8.self)
  }()
}
