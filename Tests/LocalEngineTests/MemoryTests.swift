import Foundation
import Testing

@testable import LocalEngine

@Suite struct SystemMemoryTests {
  private func withRoot(_ files: [String: String], _ body: (String) throws -> Void) throws {
    let root = FileManager.default.temporaryDirectory.appending(path: "moviola-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    for (path, text) in files {
      let file = root.appending(path: path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    try body(root.path(percentEncoded: false))
  }

  private static let meminfo = "MemTotal:       16000 kB\nMemFree:  1 kB\nMemAvailable:   8000 kB\n"

  @Test func aMachineWithoutLimits() throws {
    try withRoot(["proc/meminfo": Self.meminfo, "proc/self/cgroup": "0::/\n"]) { root in
      let memory = SystemMemory(root: root)
      #expect(memory.totalBytes == 16000 << 10 && memory.availableBytes == 8000 << 10)
      #expect(memory.group == nil && memory.freeBytes == 8000 << 10)
    }
  }

  @Test func whatIsRefusedIsNotFree() throws {
    let limits =
      "Limit                     Soft Limit           Hard Limit           Units     \n"
      + "Max address space         6144000              unlimited            bytes     \n"
    let files = [
      "proc/meminfo": Self.meminfo + "CommitLimit:  9000 kB\nCommitted_AS:  7000 kB\n",
      "proc/self/status": "VmPeak:\t    9999 kB\nVmSize:\t    5000 kB\n",
    ]
    for (limits, policy, free) in [
      (nil, "2\n", 2000), (nil, "0\n", 8000), (limits, "0\n", 1000), (limits, "2\n", 1000),
      (limits.replacing("6144000", with: "unlimited"), "1\n", 8000), (limits.replacing("6144000", with: "1"), "1\n", 0),
    ] as [(String?, String, Int)] {
      var files = files
      files["proc/self/limits"] = limits
      files["proc/sys/vm/overcommit_memory"] = policy
      try withRoot(files) { root in #expect(SystemMemory(root: root).freeBytes == free << 10) }
    }
  }

  @Test func theTightestGroupAboveThisProcessCounts() throws {
    let group = "sys/fs/cgroup/user.slice/job"
    try withRoot([
      "proc/meminfo": Self.meminfo, "proc/self/cgroup": "0::/user.slice/job\n", "\(group)/memory.max": "max\n",
      "\(group)/memory.current": "500\n", "sys/fs/cgroup/user.slice/memory.max": "4000000\n",
      "sys/fs/cgroup/user.slice/memory.current": "3000000\n",
      "sys/fs/cgroup/user.slice/memory.stat": "anon 1\ninactive_file 1500000\nactive_file 500000\n",
    ]) { root in
      let memory = SystemMemory(root: root)
      // The page cache of the group can be given back.
      #expect(memory.group == SystemMemory.Group(version: 2, limitBytes: 4_000_000, availableBytes: 3_000_000))
      #expect(memory.freeBytes == 3_000_000)
    }
  }

  @Test func versionOneCountsTooAndAContainerSeesTheRootOnly() throws {
    let mount = "sys/fs/cgroup/memory"
    try withRoot([
      "proc/meminfo": Self.meminfo, "proc/self/cgroup": "4:memory:/docker/1f\n0::/\n",
      "\(mount)/memory.limit_in_bytes": "2000000\n", "\(mount)/memory.usage_in_bytes": "1900000\n",
      "\(mount)/memory.stat": "total_inactive_file 100000\n",
    ]) { root in
      let group = SystemMemory(root: root).group
      #expect(group == SystemMemory.Group(version: 1, limitBytes: 2_000_000, availableBytes: 200_000))
    }
  }

  @Test func aLimitBeyondTheMachineIsNone() throws {
    let mount = "sys/fs/cgroup/memory"
    try withRoot([
      "proc/meminfo": Self.meminfo, "proc/self/cgroup": "4:cpu,memory:/\n",
      "\(mount)/memory.limit_in_bytes": "9223372036854771712\n", "\(mount)/memory.usage_in_bytes": "1900000\n",
    ]) { root in #expect(SystemMemory(root: root).group == nil) }
  }

  @Test func aProcessKnowsItsFootprint() {
    let now = ProcessFootprint.now
    #expect(now.anonymousBytes > 1 << 20 && now.mappedBytes > 1 << 20)
  }
}
