import Foundation
import Rendering

/// Float32 numbers in a file without a name: memory that the kernel may put on disk, gone with the process.
final class ScratchFile {
  let values: UnsafeMutableBufferPointer<Float>

  /// - Throws: ``RenderError`` if the temporary folder has no room.
  init(count: Int) throws(RenderError) {
    let bytes = count * MemoryLayout<Float>.size
    let folder = FileManager.default.temporaryDirectory.path
    let path = "\(folder)/moviola-\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: 0...UInt32.max))"
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.failure(folder, bytes) }
    defer { close(descriptor) }
    unlink(path)
    // Reserved now, so that a full disk is a sentence here and not a bus error later.
    guard posix_fallocate(descriptor, 0, off_t(bytes)) == 0,
      let address = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), address != MAP_FAILED
    else { throw Self.failure(folder, bytes) }
    values = UnsafeMutableRawBufferPointer(start: address, count: bytes).bindMemory(to: Float.self)
  }

  deinit { munmap(values.baseAddress, values.count * MemoryLayout<Float>.size) }

  private static func failure(_ folder: String, _ bytes: Int) -> RenderError {
    RenderError(
      .noSpace, "\(folder) has no room for \(bytes >> 20) MiB of frames that are decoded in tiles",
      remedy: "free space there, or set TMPDIR to a folder that has it")
  }
}
