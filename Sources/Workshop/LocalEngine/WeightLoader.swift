import Checkpoints
import Foundation
import Rendering
import Tensors
import WanModel

/// Reads a component's mapped weights into the page cache before they are used, so that slow disks show as
/// loading, with bytes, and not as a mysteriously slow first step.
enum WeightLoader {
  private static let chunk = 64 << 20

  /// Weights that would take more than half of the free memory are left to be read as they are used.
  static func warm(_ checkpoint: Checkpoint, _ component: Component, _ listener: Denoiser.Listener) throws {
    let total = checkpoint.byteCount
    listener.loading(Loading(component: component, bytesDone: 0, bytesTotal: total))
    guard total < SystemMemory.availableBytes / 2 else { return }
    var done = 0
    for entry in checkpoint.entries {
      if listener.isCancelled() { throw ModelError.cancelled }
      try touch(checkpoint.tensor(named: entry.name))
      let before = done
      done += entry.range.count
      if before / chunk != done / chunk {
        listener.loading(Loading(component: component, bytesDone: done, bytesTotal: total))
      }
    }
    listener.loading(Loading(component: component, bytesDone: total, bytesTotal: total))
  }

  private static func touch(_ tensor: Tensor) {
    tensor.withUnsafeBytes { bytes in
      var sum: UInt8 = 0
      for offset in stride(from: 0, to: bytes.count, by: 4096) { sum &+= bytes[offset] }
      withExtendedLifetime(sum) {}
    }
  }
}
