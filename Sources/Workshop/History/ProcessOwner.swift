import Foundation

/// Which process holds a job, told so that no later process can be mistaken for it.
public struct ProcessOwner: Codable, Hashable, Sendable {
  public var pid: Int32
  /// When the process started, in the kernel's ticks since it booted: process ids come again, this does not.
  public var startedAtTick: UInt64
  /// The kernel's own name for the time since it booted.
  public var boot: String
  /// Processes of different containers have the same ids and cannot see each other.
  public var namespace: String
  public var host: String

  public init(pid: Int32, startedAtTick: UInt64, boot: String, namespace: String, host: String) {
    self.pid = pid
    self.startedAtTick = startedAtTick
    self.boot = boot
    self.namespace = namespace
    self.host = host
  }

  /// This process.
  public static let current: ProcessOwner = {
    let pid = ProcessInfo.processInfo.processIdentifier
    return ProcessOwner(
      pid: pid, startedAtTick: startTick(of: pid) ?? 0, boot: text("/proc/sys/kernel/random/boot_id"),
      namespace: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? "",
      host: text("/proc/sys/kernel/hostname"))
  }()

  /// After this long without a sign, the owner on another machine counts as gone. A beat comes every 15 seconds.
  static let patience: TimeInterval = 120

  /// Whether the process is still there.
  /// - Parameter lastBeat: its last sign of life; decides only where its process id means nothing to us.
  func isAlive(seenBy observer: ProcessOwner, lastBeat: Date, now: Date) -> Bool {
    if boot == observer.boot && namespace == observer.namespace {
      return Self.startTick(of: pid) == startedAtTick
    }
    if host == observer.host && boot != observer.boot && namespace == observer.namespace { return false }
    return now.timeIntervalSince(lastBeat) < Self.patience
  }

  /// nil for a process that is not there, or that is dead and only waits for its parent to notice.
  private static func startTick(of pid: Int32) -> UInt64? { startTick(inStatus: text("/proc/\(pid)/stat")) }

  /// "4711 (a name (with) brackets) S 1 …": the state is the first field after the name, the start the 20th.
  static func startTick(inStatus line: String) -> UInt64? {
    guard let nameEnd = line.lastIndex(of: ")") else { return nil }
    let fields = line[line.index(after: nameEnd)...].split(separator: " ")
    guard fields.count > 19, !["Z", "X"].contains(fields[0]) else { return nil }
    return UInt64(fields[19])
  }

  private static func text(_ path: String) -> String {
    ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
