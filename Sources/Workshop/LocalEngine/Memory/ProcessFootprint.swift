import Foundation

/// What this process has in memory, as the kernel counts it.
public struct ProcessFootprint: Hashable, Sendable {
  /// Memory of its own, which cannot be dropped.
  public var anonymousBytes: Int
  /// Pages of files: weights, programs, libraries, and frames on their way to disk.
  public var mappedBytes: Int

  public init(anonymousBytes: Int, mappedBytes: Int) {
    (self.anonymousBytes, self.mappedBytes) = (anonymousBytes, mappedBytes)
  }

  /// Now; zeros where the kernel does not tell.
  public static var now: ProcessFootprint {
    let status = SystemMemory.text("/proc/self/status")
    func field(_ name: String) -> Int { SystemMemory.kibibytes(name, in: status) ?? 0 }
    return ProcessFootprint(
      anonymousBytes: field("RssAnon:"), mappedBytes: field("RssFile:") + field("RssShmem:"))
  }
}
