import Foundation
import Studio

/// Memory of this process and this machine, as the kernel and the graphics drivers tell.
enum MemoryProbe {
  static func read() -> MemoryReading {
    let status = text("/proc/self/status")
    let system = text("/proc/meminfo")
    let total = kibibytes("MemTotal:", in: system)
    let available = kibibytes("MemAvailable:", in: system)
    let used = total.flatMap { total in available.map { total - $0 } }
    return MemoryReading(
      engineBytes: kibibytes("RssAnon:", in: status), usedRAMBytes: used, totalRAMBytes: total,
      gpus: NVML.shared.map { $0.read() } ?? amdGPUs())
  }

  static var availableBytes: Int? { kibibytes("MemAvailable:", in: text("/proc/meminfo")) }

  private static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

  /// Reads a line such as "VmHWM:     1234 kB", in bytes.
  static func kibibytes(_ field: String, in text: String) -> Int? {
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(field) }) else { return nil }
    return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
  }

  private static let drm = "/sys/class/drm"

  /// The kernel's amdgpu driver counts in files; integrated ones own next to nothing and share the system's memory.
  private static func amdGPUs() -> [MemoryReading.GPU] {
    let cards = ((try? FileManager.default.contentsOfDirectory(atPath: drm)) ?? [])
      .filter { $0.hasPrefix("card") && !$0.contains("-") }.sorted()
    return cards.compactMap { card in
      let device = "\(drm)/\(card)/device"
      guard let total = number("\(device)/mem_info_vram_total") else { return nil }
      guard total < 1 << 30 else {
        return MemoryReading.GPU(name: card, usedBytes: number("\(device)/mem_info_vram_used"), totalBytes: total)
      }
      return MemoryReading.GPU(
        name: card, usedBytes: number("\(device)/mem_info_gtt_used"),
        totalBytes: number("\(device)/mem_info_gtt_total"),
        isShared: true)
    }
  }

  private static func number(_ path: String) -> Int? {
    Int(text(path).trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
