import Foundation

/// What the kernel says about the memory of this machine, and of the control group that this process is in.
///
///     let memory = SystemMemory.now
///     memory.freeBytes            // what can be taken: the lesser of both
///     memory.group?.limitBytes    // a container's limit, if there is one
public struct SystemMemory: Hashable, Sendable {
  public var totalBytes: Int
  /// What can be taken without swapping (`MemAvailable`; half of all memory where the kernel does not say), and is not
  /// refused: by a limit of this process (`ulimit -v`), or by a system that promises no more than it has.
  public var availableBytes: Int
  public var group: Group?

  /// A limit of a control group (version 1 or 2), which kills what goes beyond it.
  public struct Group: Hashable, Sendable {
    public var version: Int
    public var limitBytes: Int
    /// The limit less what the group cannot give back: its page cache does not count.
    public var availableBytes: Int
  }

  public var freeBytes: Int { min(availableBytes, group?.availableBytes ?? .max) }

  public static var now: SystemMemory { SystemMemory(root: "") }

  /// - Parameter root: of the file system; tests give their own.
  init(root: String) {
    let info = Self.text("\(root)/proc/meminfo")
    let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    totalBytes = Self.kibibytes("MemTotal:", in: info) ?? physical
    let available = Self.kibibytes("MemAvailable:", in: info) ?? totalBytes / 2
    availableBytes = [available, Self.unpromised(root, info), Self.addresses(root)].compactMap(\.self).min() ?? 0
    group = ControlGroups(root: root).tightest(below: totalBytes)
  }

  /// What may still be promised; nil where the kernel promises more than it has, as most do.
  private static func unpromised(_ root: String, _ info: String) -> Int? {
    guard text("\(root)/proc/sys/vm/overcommit_memory").hasPrefix("2"),
      let limit = kibibytes("CommitLimit:", in: info), let promised = kibibytes("Committed_AS:", in: info)
    else { return nil }
    return max(0, limit - promised)
  }

  /// The address space that this process may still take; nil where it is not limited.
  private static func addresses(_ root: String) -> Int? {
    let title = "Max address space"
    guard let line = text("\(root)/proc/self/limits").split(separator: "\n").first(where: { $0.hasPrefix(title) }),
      let limit = line.dropFirst(title.count).split(separator: " ").first.flatMap({ Int($0) }),
      let taken = kibibytes("VmSize:", in: text("\(root)/proc/self/status"))
    else { return nil }
    return max(0, limit - taken)
  }

  /// The kernel's files say that they are empty: only reading to the end gives all.
  static func text(_ path: String) -> String {
    guard let file = FileHandle(forReadingAtPath: path), let data = try? file.readToEnd() else { return "" }
    return String(decoding: data, as: UTF8.self)
  }

  /// Reads a line such as "MemAvailable:  1234 kB", in bytes.
  static func kibibytes(_ field: String, in text: String) -> Int? {
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(field) }) else { return nil }
    let number = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
    guard let (bytes, overflow) = number?.multipliedReportingOverflow(by: 1024), !overflow else { return nil }
    return bytes
  }
}

/// The memory limits of the control groups from this process's own up to the root.
private struct ControlGroups {
  let root: String

  /// The group that has least room; nil where no limit is below what the machine has.
  func tightest(below total: Int) -> SystemMemory.Group? {
    (second() + first()).filter { $0.limitBytes < total }.min { $0.availableBytes < $1.availableBytes }
  }

  /// Lines such as "0::/user.slice" (version 2) and "4:memory:/docker/1f" (version 1).
  private func place(_ isOurs: (_ controllers: Substring, _ number: Substring) -> Bool) -> String? {
    for line in SystemMemory.text("\(root)/proc/self/cgroup").split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      if parts.count == 3, isOurs(parts[1], parts[0]) { return String(parts[2]) }
    }
    return nil
  }

  /// The folders of a group and of all above it. A container that does not see its own path is at the root.
  private func folders(_ mount: String, _ place: String) -> [String] {
    var names = place.split(separator: "/").filter { $0 != ".." }
    var folders: [String] = []
    while !names.isEmpty {
      folders.append("\(mount)/\(names.joined(separator: "/"))")
      names.removeLast()
    }
    return folders + [mount]
  }

  private func second() -> [SystemMemory.Group] {
    guard let place = place({ controllers, number in number == "0" && controllers.isEmpty }) else { return [] }
    return folders("\(root)/sys/fs/cgroup", place).compactMap { folder in
      group(2, folder, limit: "memory.max", usage: "memory.current", cache: ["inactive_file", "active_file"])
    }
  }

  private func first() -> [SystemMemory.Group] {
    guard let place = place({ controllers, _ in controllers.split(separator: ",").contains("memory") }) else {
      return []
    }
    return folders("\(root)/sys/fs/cgroup/memory", place).compactMap { folder in
      group(
        1, folder, limit: "memory.limit_in_bytes", usage: "memory.usage_in_bytes",
        cache: ["total_inactive_file", "total_active_file"])
    }
  }

  private func group(
    _ version: Int, _ folder: String, limit: String, usage: String, cache: [String]
  ) -> SystemMemory.Group? {
    guard let limit = number("\(folder)/\(limit)"), let used = number("\(folder)/\(usage)") else { return nil }
    let counted = SystemMemory.text("\(folder)/memory.stat").split(separator: "\n")
    let given = cache.reduce(0) { sum, name in
      let line = counted.first { $0.hasPrefix(name + " ") }
      return sum + max(0, line.flatMap { Int($0.dropFirst(name.count + 1)) } ?? 0)
    }
    return SystemMemory.Group(
      version: version, limitBytes: limit, availableBytes: max(0, limit - max(0, used - min(used, given))))
  }

  private func number(_ path: String) -> Int? {
    Int(SystemMemory.text(path).trimmingCharacters(in: .whitespacesAndNewlines)).flatMap { $0 >= 0 ? $0 : nil }
  }
}
