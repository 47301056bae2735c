import Platform

/// The number of processors that this process may use: those of its affinity mask, or fewer if the
/// control group of its container has a quota.
package enum ProcessorCount {
  /// Returns the number of processors, at least 1.
  ///
  /// - Parameter root: the folder with `proc` and the mounted control groups; tests pass a
  ///   different folder.
  package static func available(root: String = "") -> Int {
    let online = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    return max(1, min(affinity(root: root) ?? online, quota(root: root) ?? .max))
  }

  /// Returns the number of threads that the caller chose, clamped to `1...1024`; one per processor
  /// if `threads` is `nil`.
  package static func chosen(_ threads: Int?) -> Int {
    min(max(threads ?? available(), 1), 1024)
  }

  /// Returns the number of processors that the scheduler may choose for this process; `nil` if the
  /// system does not report it.
  ///
  /// Reads the kernel's list, which equals the result of `sched_getaffinity`, because not every C
  /// library declares that function.
  package static func affinity(root: String) -> Int? {
    let key = "Cpus_allowed_list:"
    guard let line = lines(of: "\(root)/proc/self/status").first(where: { $0.hasPrefix(key) })
    else {
      return nil
    }
    var count = 0
    for range in line.dropFirst(key.count).split(separator: ",") {
      let ends = range.split(separator: "-").map { Int($0.filter { !$0.isWhitespace }) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
        (0..<1 << 20).contains(first), (first..<1 << 20).contains(last)
      else { return nil }
      count += last - first + 1
    }
    return count > 0 ? count : nil
  }

  /// Returns the smallest quota of the control group of this process and its ancestors, rounded up
  /// to whole processors; `nil` if there is none.
  ///
  /// **Source:** `cgroups(7)`, `proc(5)`; the kernel's documents "Control Group v2" (`cpu.max`) and
  /// "CFS Bandwidth Control" (`cpu.cfs_quota_us`, `cpu.cfs_period_us`).
  package static func quota(root: String) -> Int? {
    let groups = lines(of: "\(root)/proc/self/cgroup").compactMap(Group.init)
    let mounts = lines(of: "\(root)/proc/self/mountinfo").compactMap(Mount.init)
    var found: [Double] = []
    for group in groups {
      guard let mount = mounts.first(where: { $0.isUnified == group.isUnified }) else { continue }
      var path = mount.path(of: group)
      while true {
        found += [quota(of: root + mount.point + path, isUnified: group.isUnified)].compactMap {
          $0
        }
        guard let slash = path.lastIndex(of: "/") else { break }
        path = String(path[..<slash])
      }
    }
    return found.min().map { Int(min($0, 1e6).rounded(.up)) }
  }

  /// Returns the quota of one control group in processors; `nil` if there is none.
  private static func quota(of folder: String, isUnified: Bool) -> Double? {
    var numbers: [Double?]
    if isUnified {
      // `max 100000` means no quota.
      let parts = lines(of: "\(folder)/cpu.max").first?.split(separator: " ") ?? []
      numbers = parts.prefix(2).map { Double($0) }
    } else {
      numbers = ["cpu.cfs_quota_us", "cpu.cfs_period_us"].map { name in
        lines(of: "\(folder)/\(name)").first.flatMap { Double($0) }
      }
    }
    guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0,
      period > 0,
      (quota / period).isFinite
    else { return nil }
    return quota / period
  }

  /// A line of `/proc/self/cgroup`: `0::/path`, or `4:cpu,cpuacct:/path` for a controller with its
  /// own hierarchy.
  private struct Group {
    var isUnified: Bool
    var path: String

    /// Parses a line; `nil` if the group cannot limit processors.
    init?(_ line: String) {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { return nil }
      isUnified = parts[1].isEmpty
      guard isUnified || parts[1].split(separator: ",").contains("cpu") else { return nil }
      path = String(parts[2])
    }
  }

  /// A line of `/proc/self/mountinfo` that mounts control groups.
  private struct Mount {
    var isUnified: Bool
    /// The group that is mounted.
    var root: String
    /// The mount point.
    var point: String

    init?(_ line: String) {
      let parts = line.split(separator: " ").map(String.init)
      guard let dash = parts.firstIndex(of: "-"), dash >= 6, parts.count > dash + 3 else {
        return nil
      }
      switch parts[dash + 1] {
      case "cgroup2": isUnified = true
      case "cgroup" where parts[dash + 3].split(separator: ",").contains("cpu"): isUnified = false
      default: return nil
      }
      (root, point) = (Self.decoded(parts[3]), Self.decoded(parts[4]))
    }

    /// Returns the path of a group relative to the mount point; empty for the mounted group itself,
    /// and for a group outside it.
    func path(of group: Group) -> String {
      if root == "/" { return group.path == "/" || group.path.contains("..") ? "" : group.path }
      guard group.path.hasPrefix(root + "/") else { return "" }
      return String(group.path.dropFirst(root.count))
    }

    /// Decodes escapes such as `\040`, which represent spaces and other characters in paths.
    private static func decoded(_ text: String) -> String {
      var bytes: [UInt8] = []
      var rest = Array(text.utf8)[...]
      while let byte = rest.popFirst() {
        let digits = rest.prefix(3)
        if byte == UInt8(ascii: "\\"),
          let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 8), digits.count == 3
        {
          bytes.append(code)
          rest = rest.dropFirst(3)
        } else {
          bytes.append(byte)
        }
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  /// Returns the lines of a small kernel file, whose size is reported as 0; none if it cannot be
  /// read.
  private static func lines(of path: String) -> [String] {
    guard let descriptor = SystemCall.open(path, O_RDONLY | O_NONBLOCK) else { return [] }
    defer { SystemCall.close(descriptor) }
    var source = InputDescriptor(descriptor, name: path)
    var bytes: [UInt8] = []
    while bytes.count < 1 << 20, let chunk = try? source.nextChunk(size: 1 << 13) { bytes += chunk }
    return bytes.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
  }
}
