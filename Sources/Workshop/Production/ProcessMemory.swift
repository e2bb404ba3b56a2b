import Foundation

/// Resident memory of this process, as the kernel counts it: mapped weights included.
public enum ProcessMemory {
  /// The most it ever was, in bytes; 0 where the kernel does not tell.
  public static var peakBytes: Int { bytes("VmHWM:") }

  /// What it is now, in bytes; 0 where the kernel does not tell.
  public static var residentBytes: Int { bytes("VmRSS:") }

  private static func bytes(_ field: String) -> Int {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return 0 }
    return bytes(field, in: status)
  }

  /// Reads a line such as "VmHWM:     1234 kB".
  static func bytes(_ field: String, in status: String) -> Int {
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(field) }) else { return 0 }
    let number = line.dropFirst(field.count).drop { !$0.isNumber }.prefix { $0.isNumber }
    return Int(number).map { $0 * 1024 } ?? 0
  }
}
