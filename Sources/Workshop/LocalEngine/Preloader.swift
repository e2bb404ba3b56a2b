import Checkpoints
import Foundation
import Rendering
import WanModel

/// Reads weights into the system's page cache, one file after the other, as disks like it, before a render needs them.
struct Preloader {
  let folder: ModelFolder
  /// No more than the page cache may hold: reading on would push out what was read first.
  let limit: Int
  let listener: Denoiser.Listener

  private static let chunk = 8 << 20

  /// - Throws: ``ModelError/cancelled``, ``CheckpointError``.
  func read(_ components: [Component]) throws {
    var left = limit
    for component in components where left > 0 {
      let files = try folder.checkpoint(component.rawValue).files
      let total = files.reduce(0) { $0 + $1.byteCount }
      var progress = Progress(component: component, total: total)
      for file in files where left > 0 { try read(file.path, &left, &progress) }
      listener.loading(progress.event(total))
    }
  }

  private struct Progress {
    let component: Component
    let total: Int
    var done = 0
    let begun = ContinuousClock.now

    func event(_ done: Int) -> Loading {
      let seconds = (ContinuousClock.now - begun).seconds
      return Loading(
        component: component, bytesDone: done, bytesTotal: total,
        bytesPerSecond: seconds > 0.01 ? Double(self.done) / seconds : nil)
    }
  }

  private func read(_ path: String, _ left: inout Int, _ progress: inout Progress) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    // Opening it for the render will say why, if it is still so then.
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    posix_fadvise(descriptor, 0, 0, Int32(POSIX_FADV_SEQUENTIAL))
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: Self.chunk, alignment: 4096)
    defer { buffer.deallocate() }
    while left > 0 {
      if listener.isCancelled() { throw ModelError.cancelled }
      let count = Foundation.read(descriptor, buffer, Self.chunk)
      guard count > 0 else { return }
      let before = progress.done
      progress.done += count
      left -= count
      if before >> 26 != progress.done >> 26 {
        listener.loading(progress.event(min(progress.done, progress.total - 1)))
      }
    }
  }
}
