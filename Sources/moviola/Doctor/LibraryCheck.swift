import Tensors

/// oneDNN and OpenBLAS: which versions, with which kernels, and what the environment forbids them.
struct LibraryCheck: Check {
  let environment: [String: String]

  func findings() -> [Finding] { [oneDNN, openBLAS] }

  private var oneDNN: Finding {
    let library = MathLibraries.oneDNN
    let value = "\(library.version), \(library.instructionSet)"
    for name in ["ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"] {
      if let limit = environment[name], !limit.isEmpty, limit.lowercased() != "all" {
        return .warn("oneDNN", value + ", limited by \(name)=\(limit)", "unset \(name)")
      }
    }
    return .ok("oneDNN", value)
  }

  private var openBLAS: Finding {
    let cpu = CPU(precision: .reference)
    guard cpu.mathLibrary.hasPrefix("OpenBLAS") else {
      return .warn(
        "OpenBLAS", "not found: oneDNN multiplies in its place", "install libopenblas0 for --precision reference")
    }
    guard let forced = environment["OPENBLAS_CORETYPE"], !forced.isEmpty else {
      return .ok("OpenBLAS", cpu.mathLibrary)
    }
    return .warn(
      "OpenBLAS", "\(cpu.mathLibrary), forced by OPENBLAS_CORETYPE=\(forced)",
      "unset OPENBLAS_CORETYPE: Moviola takes the kernels of this processor by itself")
  }
}
