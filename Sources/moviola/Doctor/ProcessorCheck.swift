import Foundation
import LocalEngine
import Tensors

/// Which instructions the processor has, and which of our kernels use them.
struct ProcessorCheck: Check {
  let environment: [String: String]

  func findings() -> [Finding] { [processor, kernels, precision] }

  /// Those that make a difference to us, in the kernel's words.
  private static let notable = [
    "avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8", "asimd",
  ]

  private var processor: Finding {
    let info = SystemFile.text("/proc/cpuinfo")
    let flags = Set((Self.field("flags", info) ?? Self.field("Features", info) ?? "").split(separator: " "))
    let has = Self.notable.filter { flags.contains(Substring($0)) }
    let name = Self.field("model name", info) ?? "processor of unknown name"
    return .ok("processor", name + (has.isEmpty ? "" : ": \(has.joined(separator: ", "))"))
  }

  private static func field(_ name: String, _ info: String) -> String? {
    let line = info.split(separator: "\n").first { $0.hasPrefix(name) }
    return line?.split(separator: ":", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) }
  }

  private var kernels: Finding {
    let used = CPU(precision: .reference).instructionSet
    guard let wanted = environment["MOVIOLA_ISA"] else {
      return used == "plain"
        ? .warn("kernels", "plain: this processor has no AVX2", "renders work, slowly") : .ok("kernels", used)
    }
    guard used == wanted else {
      return .fail(
        "kernels", "\(used), though MOVIOLA_ISA asks for \(wanted)",
        "unset MOVIOLA_ISA, or use avx512vnni, avx512, avx2 or plain")
    }
    return .warn("kernels", "\(used), forced by MOVIOLA_ISA", "unset MOVIOLA_ISA to use the best there is")
  }

  private var precision: Finding {
    let type = CPU(precision: .fast).multiplied
    let turbo = CPU(precision: .turbo).multipliesBytes ? "int8 too" : "the same: int8 takes AVX2"
    let value = "fast multiplies \(type.rawValue), turbo \(turbo)"
    guard let forced = environment["MOVIOLA_FAST_TYPE"] else { return .ok("precision", value) }
    guard forced == type.rawValue else {
      return forced == ElementType.bfloat16.rawValue
        ? .fail("precision", "MOVIOLA_FAST_TYPE is bfloat16, which oneDNN cannot multiply here", "unset it")
        : .fail("precision", "MOVIOLA_FAST_TYPE is \(forced)", "unset it, or use bfloat16 or float32")
    }
    return .warn("precision", value + ", forced by MOVIOLA_FAST_TYPE", "unset it to let the processor decide")
  }
}

/// The kernel's files, which say that they are empty: only reading to the end gives all.
enum SystemFile {
  static func text(_ path: String) -> String {
    guard let file = FileHandle(forReadingAtPath: path), let data = try? file.readToEnd() else { return "" }
    return String(decoding: data, as: UTF8.self)
  }
}
