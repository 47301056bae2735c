import FileAccess
import TestSupport
import Testing

@Suite("Available processors")
struct ProcessorCountTests {
  let folder = TestFolder()

  /// Writes files below the root; those of the control groups end with a newline, as the kernel's do.
  private func write(_ files: [String: String]) throws {
    for (name, text) in files { try folder.file(name, text + "\n") }
  }

  private static let unifiedMount = "31 24 0:27 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw"
  private static let separateMount =
    "33 32 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct"

  @Test(
    "A quota of a unified control group counts, rounded up, and the smallest on the way up",
    arguments: [
      (["": "max 100000"], nil), (["": "200000 100000"], 2), (["": "150000 100000"], 2),
      (["": "1000 100000"], 1), (["/a/b": "50000 100000", "/a": "300000 100000"], 1),
      (["/a/b": "max 100000", "/a": "250000 100000"], 3), (["/a/b": "400000"], nil),
      (["/a/b": "0 100000"], nil), (["/a/b": "-1 100000"], nil), (["/a/b": "100000 0"], nil),
      (["/a/b": "nan 100000"], nil), (["/a/b": "1e300 1"], 1_000_000), (["/a/b": ""], nil),
      ([:], nil),
    ] as [([String: String], Int?)])
  func unified(quotas: [String: String], expected: Int?) throws {
    try write(["proc/self/cgroup": "0::/a/b", "proc/self/mountinfo": Self.unifiedMount])
    for (group, quota) in quotas { try write(["sys/fs/cgroup\(group)/cpu.max": quota]) }
    #expect(ProcessorCount.quota(root: folder.path) == expected)
    let available = ProcessorCount.available(root: folder.path)
    #expect(available >= 1 && available <= expected ?? .max)
  }

  @Test(
    "A quota of a control group of the processor alone counts",
    arguments: [("-1", "100000", nil), ("300000", "100000", 3), ("10000", "100000", 1)]
      as [(String, String, Int?)])
  func separate(quota: String, period: String, expected: Int?) throws {
    try write([
      "proc/self/cgroup": "12:memory:/x\n4:cpu,cpuacct:/docker/1f\n0::/",
      "proc/self/mountinfo": Self.separateMount,
      "sys/fs/cgroup/cpu,cpuacct/docker/1f/cpu.cfs_quota_us": quota,
      "sys/fs/cgroup/cpu,cpuacct/docker/1f/cpu.cfs_period_us": period,
    ])
    #expect(ProcessorCount.quota(root: folder.path) == expected)
  }

  @Test("In a container the mounted group is the root, whatever the path outside is")
  func container() throws {
    try write([
      "proc/self/cgroup": "4:cpu:/docker/1f\n0::/../outside",
      "proc/self/mountinfo":
        "33 32 0:29 /docker/1f /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n" + Self.unifiedMount,
      "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "400000",
      "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
      "sys/fs/cgroup/cpu.max": "700000 100000",
    ])
    #expect(ProcessorCount.quota(root: folder.path) == 4)
  }

  @Test("Spaces in a mount point are decoded")
  func encodedPath() throws {
    try write([
      "proc/self/cgroup": "0::/", "sys/my groups/cpu.max": "200000 100000",
      "proc/self/mountinfo": "31 24 0:27 / /sys/my\\040groups rw shared:4 - cgroup2 none rw",
    ])
    #expect(ProcessorCount.quota(root: folder.path) == 2)
  }

  @Test(
    "Files of another form are no quota",
    arguments: [
      ("", ""), ("0::/", ""), ("", unifiedMount), ("nonsense", unifiedMount),
      ("0::", "31 24 - cgroup2"),
      ("0:cpu", unifiedMount), ("::", "- - - - - - -"),
    ])
  func malformed(groups: String, mounts: String) throws {
    try write(["proc/self/cgroup": groups, "proc/self/mountinfo": mounts])
    #expect(ProcessorCount.quota(root: folder.path) == nil)
    #expect(ProcessorCount.quota(root: "/nonexistent") == nil)
  }

  @Test(
    "The affinity mask is counted",
    arguments: [
      ("0", 1), ("0-3", 4), ("0,2,4", 3), ("0-3,8-11", 8), ("0-0", 1), ("\t5", 1), ("", nil),
      ("x", nil), ("3-1", nil), ("0-99999999999", nil), ("1-2-3", nil),
    ] as [(String, Int?)])
  func affinity(list: String, expected: Int?) throws {
    try write(["proc/self/status": "Name:\tx\nCpus_allowed:\tff\nCpus_allowed_list:\t\(list)"])
    #expect(ProcessorCount.affinity(root: folder.path) == expected)
    if let expected { #expect(ProcessorCount.available(root: folder.path) == expected) }
  }
}
