import Platform

/// An error for settings or a file that require more memory than the process can get.
public typealias MemoryError = LocatedError<MemoryFact>

/// A problem with a memory requirement.
public enum MemoryFact: DiagnosableFact {
  /// `purpose` needs about `needed` bytes, but only `available` bytes are left. `available` is
  /// `nil` if the known limits suffice but the system refused the allocation.
  case notEnough(purpose: String, needed: Double, available: Double?)

  /// The error code, a stable name for scripts.
  public var code: String { "not-enough-memory" }

  /// The error message, without its position.
  public var sentence: String {
    switch self {
    case .notEnough(let purpose, let needed, let available):
      "\(purpose) would take about \(MemoryLimit.text(needed)) of memory, but "
        + (available.map { "\(MemoryLimit.text($0)) is available" }
          ?? "the system refused to allocate it")
        + "; choose smaller settings, or raise the memory limit"
    }
  }
}

/// The memory that this process can still allocate.
///
/// The process is killed if the system refuses to allocate an array, or if it writes to memory
/// beyond the limit of its container. Therefore check sizes that come from settings or from a file
/// before allocating.
public enum MemoryLimit {
  /// Requests of up to this many bytes are not checked.
  private static let small = 64.0 * 1024 * 1024

  /// Throws unless `bytes` more bytes can be allocated.
  ///
  /// - Parameters:
  ///   - bytes: a lower bound on the memory required, as a `Double` so that a product of sizes
  ///     cannot overflow.
  ///   - purpose: the beginning of the message, such as `a network of 16 layers`.
  ///   - position: the position in the input that requires the memory.
  /// - Throws: `MemoryError` if fewer bytes are available.
  public static func require(
    _ bytes: Double, for purpose: @autoclosure () -> String, at position: InputPosition? = nil
  ) throws(MemoryError) {
    guard !canHold(bytes) else { return }
    let available = available()
    throw MemoryError(
      .notEnough(purpose: purpose(), needed: bytes, available: available < bytes ? available : nil),
      at: position)
  }

  /// Whether `bytes` more bytes can be allocated.
  public static func canHold(_ bytes: Double) -> Bool {
    guard bytes > small else { return true }
    return bytes <= available() && canMap(bytes)
  }

  /// Returns the number of bytes that can still be allocated: the minimum of what is left under the
  /// process limit, under the limits of its control groups, and in the memory of the machine.
  ///
  /// - Parameter root: the folder that contains `proc` and `sys`; tests pass a different one.
  static func available(root: String = "") -> Double {
    ([processLimit(root), machine(root)] + controlGroups(root)).compactMap { $0 }
      .reduce(.greatestFiniteMagnitude) { min($0, max($1, 0)) }
  }

  /// The peak memory of this process so far in bytes; 0 if the system does not report it.
  ///
  /// **Source:** `proc(5)`, `/proc/pid/status`. `getrusage` would include the memory of the process
  /// that forked this one.
  package static var peak: Double {
    let line = lines("/proc/self/status").first { $0.hasPrefix("VmHWM:") }
    return 1024 * (line.flatMap { firstNumber(String($0.dropFirst(6))) } ?? 0)
  }

  /// Returns a human-readable number of bytes, such as `3.5 GB`.
  package static func text(_ bytes: Double) -> String {
    let units: [(size: Double, name: String)] = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB")]
    guard let unit = units.first(where: { bytes >= $0.size }) else { return "under 1 MB" }
    let tenths = (bytes / unit.size * 10).rounded()
    guard tenths < 1e15 else { return "over 1e14 TB" }
    return "\(Int(tenths) / 10).\(Int(tenths) % 10) \(unit.name)"
  }

  /// Whether the system would map this much memory. A mapping costs nothing until it is written to.
  private static func canMap(_ bytes: Double) -> Bool {
    guard let count = Int(exactly: bytes.rounded(.up)) else { return false }
    // `malloc` and `free` do not work here: a compiler may remove the pair and assume that `malloc`
    // succeeds.
    let start = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    // MAP_FAILED is -1; not every C library declares it in a form that Swift can import.
    guard let start, Int(bitPattern: start) != -1 else { return false }
    munmap(start, count)
    return true
  }
}

// MARK: - Sources

extension MemoryLimit {
  /// Returns the memory left under `ulimit -v`; `nil` if there is no limit.
  private static func processLimit(_ root: String) -> Double? {
    #if os(Linux)
      var limit = rlimit()
      guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0,
        limit.rlim_cur < rlim_t.max / 2
      else { return nil }
      let used = lines("\(root)/proc/self/statm").first.flatMap(firstNumber) ?? 0
      return Double(limit.rlim_cur) - used * Double(getpagesize())
    #else
      return nil
    #endif
  }

  /// Returns the memory of the machine that is free or can be reclaimed, including swap space.
  ///
  /// **Source:** `proc(5)`, `/proc/meminfo`.
  private static func machine(_ root: String) -> Double? {
    let lines = lines("\(root)/proc/meminfo")
    func kibibytes(_ key: String) -> Double? {
      lines.first { $0.hasPrefix(key) }.flatMap { firstNumber(String($0.dropFirst(key.count))) }
    }
    guard let available = kibibytes("MemAvailable:") else { return nil }
    return 1024 * (available + (kibibytes("SwapFree:") ?? 0))
  }

  /// Returns the memory that is available in each control group of this process and in each of
  /// their ancestors. Cached files do not count as used, because the system drops them on demand.
  ///
  /// **Source:** `cgroups(7)`; the kernel documents "Control Group v2" and "Memory Resource
  /// Controller".
  private static func controlGroups(_ root: String) -> [Double] {
    var found: [Double] = []
    for line in lines("\(root)/proc/self/cgroup") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3, !parts[2].contains("..") else { continue }
      let isUnified = parts[1].isEmpty
      guard isUnified || parts[1].split(separator: ",").contains("memory") else { continue }
      let mount = "\(root)/sys/fs/cgroup" + (isUnified ? "" : "/memory")
      var path = parts[2] == "/" ? "" : String(parts[2])
      while true {
        if let left = controlGroup("\(mount)\(path)", isUnified: isUnified) { found.append(left) }
        guard let slash = path.lastIndex(of: "/") else { break }
        path = String(path[..<slash])
      }
    }
    return found
  }

  private static func controlGroup(_ folder: String, isUnified: Bool) -> Double? {
    let names =
      isUnified
      ? ("memory.max", "memory.current", "inactive_file ", "active_file ")
      : (
        "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file ",
        "total_active_file "
      )
    // `max` means no limit; so does the largest possible number of pages.
    guard let limit = lines("\(folder)/\(names.0)").first.flatMap(firstNumber), limit < 0x1p60,
      let used = lines("\(folder)/\(names.1)").first.flatMap(firstNumber)
    else { return nil }
    let cached = lines("\(folder)/memory.stat").filter {
      $0.hasPrefix(names.2) || $0.hasPrefix(names.3)
    }.compactMap { $0.split(separator: " ").last.flatMap { firstNumber(String($0)) } }
    return limit - max(0, used - cached.reduce(0, +))
  }

  /// Returns the number at the start of a line, after any spaces.
  private static func firstNumber(_ line: String) -> Double? {
    line.split { $0 == " " || $0 == "\t" }.first.flatMap { Double($0) }
  }

  /// Returns the lines of a small kernel file; empty if it cannot be read.
  private static func lines(_ path: String) -> [String] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 14)
    while bytes.count < 1 << 20 {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    return bytes.split(separator: 0x0a).map { String(decoding: $0, as: UTF8.self) }
  }
}
