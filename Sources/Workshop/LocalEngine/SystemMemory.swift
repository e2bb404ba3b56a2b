import Foundation

/// What the kernel says about memory.
enum SystemMemory {
  /// `MemAvailable`: what can be taken without swapping. Half of all memory where the kernel does not say.
  static var availableBytes: Int {
    let info = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
    for line in info.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
      if let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) { return kilobytes * 1024 }
    }
    return Int(ProcessInfo.processInfo.physicalMemory / 2)
  }
}
