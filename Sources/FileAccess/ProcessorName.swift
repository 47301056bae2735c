import Glibc

/// What the machine calls its processor, for reports; nothing depends on it.
public enum ProcessorName {
  /// Such as `Intel(R) Xeon(R) Processor`, or `nil` where the system does not say.
  public static let current: String? = {
    // A file of the kernel's: its size is 0 whatever it holds, so `InputFile` would refuse it.
    guard let descriptor = SystemCall.open("/proc/cpuinfo", O_RDONLY) else { return nil }
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
