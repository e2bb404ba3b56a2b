import Foundation
import Studio

/// NVIDIA's management library, if this machine has it: loaded at run time, so that the program needs no driver.
///
/// Layouts and numbers are those of nvml.h: memory info v2 is {version u32, total, reserved, free, used u64}, its
/// version field is size | 2 << 24; the older call gives {total, free, used}.
final class NVML: Sendable {
  static let shared = NVML()

  private typealias Simple = @convention(c) () -> Int32
  private typealias Count = @convention(c) (UnsafeMutablePointer<UInt32>) -> Int32
  private typealias Handle = @convention(c) (UInt32, UnsafeMutablePointer<UInt>) -> Int32
  private typealias Memory = @convention(c) (UInt, UnsafeMutablePointer<UInt64>) -> Int32
  private typealias Name = @convention(c) (UInt, UnsafeMutablePointer<CChar>, UInt32) -> Int32

  private let count: Count
  private let handle: Handle
  private let memory: Memory?
  private let memory2: Memory?
  private let name: Name?

  private init?() {
    guard let library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL),
      let start: Simple = Self.symbol("nvmlInit_v2", library), start() == 0,
      let count: Count = Self.symbol("nvmlDeviceGetCount_v2", library),
      let handle: Handle = Self.symbol("nvmlDeviceGetHandleByIndex_v2", library)
    else { return nil }
    self.count = count
    self.handle = handle
    memory = Self.symbol("nvmlDeviceGetMemoryInfo", library)
    memory2 = Self.symbol("nvmlDeviceGetMemoryInfo_v2", library)
    name = Self.symbol("nvmlDeviceGetName", library)
  }

  private static func symbol<Function>(_ name: String, _ library: UnsafeMutableRawPointer) -> Function? {
    dlsym(library, name).map { unsafeBitCast($0, to: Function.self) }
  }

  /// One entry for each GPU; nil where it does not tell, never 0.
  func read() -> [MemoryReading.GPU] {
    var number: UInt32 = 0
    guard count(&number) == 0 else { return [] }
    return (0..<number).compactMap { index in
      var device: UInt = 0
      guard handle(index, &device) == 0 else { return nil }
      let (used, total) = bytes(device)
      return MemoryReading.GPU(name: title(device), usedBytes: used, totalBytes: total)
    }
  }

  private func bytes(_ device: UInt) -> (used: Int?, total: Int?) {
    var two: [UInt64] = [UInt64(40 | 2 << 24), 0, 0, 0, 0]
    if let memory2, memory2(device, &two) == 0 { return (Int(exactly: two[4]), Int(exactly: two[1])) }
    var one: [UInt64] = [0, 0, 0]
    if let memory, memory(device, &one) == 0 { return (Int(exactly: one[2]), Int(exactly: one[0])) }
    return (nil, nil)
  }

  private func title(_ device: UInt) -> String {
    var text = [CChar](repeating: 0, count: 96)
    guard let name, name(device, &text, UInt32(text.count)) == 0 else { return "GPU" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
  }
}
