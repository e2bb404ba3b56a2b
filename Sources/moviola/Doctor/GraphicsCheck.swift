import Foundation
import Studio

/// Where numbers about GPU memory would come from. The engine computes on the processor: nothing here fails.
struct GraphicsCheck: Check {
  func findings() -> [Finding] {
    let gpus = MemoryProbe.read().gpus
    guard !gpus.isEmpty else {
      let driver = FileManager.default.fileExists(atPath: "/proc/driver/nvidia/version")
      let nvml = NVML.shared == nil ? "no NVML" + (driver ? ", though the driver is loaded" : "") : "NVML finds none"
      return [.ok("GPU", "N/A: \(nvml), no amdgpu in /sys/class/drm; the engine computes on the processor")]
    }
    let source = NVML.shared == nil ? "sysfs" : "NVML"
    return gpus.map { gpu in
      let used = gpu.usedBytes.map { Units.binary($0) } ?? "N/A"
      let total = gpu.totalBytes.map { Units.binary($0) } ?? "N/A"
      return .ok(
        "GPU", "\(gpu.name): \(used) used of \(total)\(gpu.isShared ? ", shared with the system" : "") (\(source))")
    }
  }
}
