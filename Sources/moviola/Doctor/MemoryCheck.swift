import Foundation
import LocalEngine

/// How much memory there is, and what would take it away.
struct MemoryCheck: Check {
  var memory = SystemMemory.now

  func findings() -> [Finding] { [ram, group, addressSpace].compactMap { $0 } }

  /// Below this even the built-in model has no room beside other programs.
  private static let least = 1 << 30

  private var ram: Finding {
    let value = "\(Units.binary(memory.availableBytes)) free of \(Units.binary(memory.totalBytes))"
    guard memory.availableBytes < Self.least else { return .ok("RAM", value) }
    return .warn("RAM", value, "close other programs, or render with --max-memory to be refused rather than killed")
  }

  private var group: Finding {
    guard let group = memory.group else { return .ok("control group", "no memory limit") }
    let value =
      "version \(group.version): \(Units.binary(group.availableBytes)) free of \(Units.binary(group.limitBytes))"
    guard group.availableBytes < Self.least else { return .ok("control group", value) }
    return .warn("control group", value, "raise the memory limit of the container or service")
  }

  /// Weights are mapped: a limit on addresses refuses models that would fit into memory.
  private var addressSpace: Finding? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < 1 << 40 else { return nil }
    return .warn(
      "address space", "limited to \(Units.binary(Int(clamping: limit.rlim_cur)))",
      "ulimit -v unlimited: weights are mapped, and need addresses more than memory")
  }
}
