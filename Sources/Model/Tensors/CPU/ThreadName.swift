import Kernels

/// The name of a thread, as `top -H` and debuggers show it.
///
/// Foundation's `Thread.name` does nothing on Linux for a thread that runs before the one who started it has stored its
/// number.
public enum ThreadName {
  /// Names the thread that calls, and those that it starts.
  /// - Parameter name: up to 15 bytes; longer ones are not taken.
  public static func set(_ name: String) { mv_name_thread(name) }
}
