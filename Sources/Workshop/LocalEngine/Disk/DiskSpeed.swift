import Foundation

/// How fast a disk is, by trying.
public enum DiskSpeed {
  private static let tried = 256 << 20
  private static let written = 64 << 20
  private static let chunk = 4 << 20

  // O_DIRECT, which Swift does not see behind _GNU_SOURCE.
  #if arch(arm64) || arch(arm)
    private static let direct: Int32 = 0o200000
  #else
    private static let direct: Int32 = 0o40000
  #endif

  /// Reads up to 256 MiB from the middle of a file, past the page cache where the file system allows it.
  /// - Returns: bytes a second; nil if the file cannot be read or is too small to tell.
  public static func reading(_ path: String) -> Double? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | direct)
    guard descriptor >= 0 else { return cached(path) }
    defer { close(descriptor) }
    return read(descriptor)
  }

  /// The file system knows no way around the cache: what is in it is dropped first.
  private static func cached(_ path: String) -> Double? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    posix_fadvise(descriptor, 0, 0, Int32(POSIX_FADV_DONTNEED))
    return read(descriptor)
  }

  private static func read(_ descriptor: Int32) -> Double? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size >= 2 * chunk else { return nil }
    let count = min(tried, Int(status.st_size)) / chunk
    let start = (Int(status.st_size) - count * chunk) / 2 / chunk * chunk
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: chunk, alignment: 4096)
    defer { buffer.deallocate() }
    let begun = ContinuousClock.now
    for index in 0..<count {
      guard pread(descriptor, buffer, chunk, off_t(start + index * chunk)) == chunk else { return nil }
    }
    return Double(count * chunk) / max((ContinuousClock.now - begun).seconds, 1e-9)
  }

  /// Writes 64 MiB, waits until they are on the disk, and removes them.
  /// - Returns: bytes a second; nil if writing fails.
  public static func writing(in folder: String) -> Double? {
    let path = "\(folder)/.moviola-speed-\(ProcessInfo.processInfo.processIdentifier)"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    unlink(path)
    // Not zeros: some disks do not write those.
    let bytes = [UInt64]((0..<UInt64(chunk / 8)).map { $0 &* 0x9E37_79B9_7F4A_7C15 })
    let begun = ContinuousClock.now
    for _ in 0..<written / chunk {
      let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      guard count == chunk else { return nil }
    }
    guard fsync(descriptor) == 0 else { return nil }
    return Double(written) / max((ContinuousClock.now - begun).seconds, 1e-9)
  }
}
