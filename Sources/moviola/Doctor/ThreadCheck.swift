import Foundation

/// How many cores there are, and how many this process may keep busy.
struct ThreadCheck: Check {
  /// Of the file system; tests give their own.
  var root = ""

  func findings() -> [Finding] {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let value = Units.count(cores, "core")
    guard let quota, quota < Double(cores) else { return [.ok("threads", value)] }
    let given = String(format: "%.1f", quota)
    return [
      .warn(
        "threads", "\(value), but the control group gives the time of \(given)",
        "give the container more of the processor, or expect renders at \(Int(quota / Double(cores) * 100)) % of the speed"
      )
    ]
  }

  /// Processors' worth of time in a period; nil without a limit.
  var quota: Double? {
    let lines = SystemFile.text("\(root)/proc/self/cgroup").split(separator: "\n")
    let places = lines.flatMap { line -> [String] in
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { return [] }
      if parts[1].isEmpty { return ["\(root)/sys/fs/cgroup\(parts[2])", "\(root)/sys/fs/cgroup"] }
      guard parts[1].split(separator: ",").contains("cpu") else { return [] }
      let mounts = ["\(root)/sys/fs/cgroup/cpu", "\(root)/sys/fs/cgroup/cpu,cpuacct"]
      return mounts.flatMap { ["\($0)\(parts[2])", $0] }
    }
    return places.compactMap(Self.quota).min()
  }

  private static func quota(in folder: String) -> Double? {
    let second = numbers("\(folder)/cpu.max")
    if second.count == 2, second[1] > 0 { return second[0] / second[1] }
    let (share, period) = (numbers("\(folder)/cpu.cfs_quota_us"), numbers("\(folder)/cpu.cfs_period_us"))
    guard let share = share.first, let period = period.first, share > 0, period > 0 else { return nil }
    return share / period
  }

  /// "max 100000" has one number: no limit.
  private static func numbers(_ path: String) -> [Double] {
    SystemFile.text(path).split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
  }
}
