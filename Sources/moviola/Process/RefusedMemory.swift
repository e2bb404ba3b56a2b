import Media
import Rendering
import Synchronization
import Tensors

/// How the program ends when the system refuses memory in the middle of a layer, where nothing can be thrown: as it ends
/// with any error, and with nothing unfinished on disk.
enum RefusedMemory {
  /// - Parameter tell: hears of it first: a reporter that has something of its own to say.
  static func end(_ tell: @escaping @Sendable (Failure) -> Void = { _ in }) {
    MemoryPool.whenRefused.withLock {
      $0 = { sentence in
        let error = RenderError(
          .noSpace, sentence,
          remedy: "close other programs, raise what this one may have (ulimit -v), or render fewer frames")
        PartialFiles.removeAll()
        tell(Failure(error))
        Failure.exit(with: error)
      }
    }
  }
}
