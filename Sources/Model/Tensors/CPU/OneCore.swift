import Kernels

/// This thread, and programs that it starts, on a single core: for measurements.
public enum OneCore {
  /// - Returns: what `body` returns; nil, without calling it, if the system does not let a thread choose.
  public static func run<Result>(_ body: () throws -> Result) rethrows -> Result? {
    guard mv_keep_to_one_core(1) == 0 else { return nil }
    defer { mv_keep_to_one_core(0) }
    return try body()
  }
}
