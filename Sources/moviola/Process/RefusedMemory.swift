import Foundation
import Media
import Rendering
import Synchronization
import Tensors

/// How the program ends when the system refuses memory in the middle of a layer, where nothing can be thrown: with a
/// sentence and a code like any failure, and nothing unfinished on disk.
enum RefusedMemory {
  static func end(_ tell: @escaping @Sendable (Failure) -> Void) {
    MemoryPool.whenRefused.withLock {
      $0 = { sentence in
        let failure = Failure(
          RenderError(
            .noSpace, sentence,
            remedy: "close other programs, raise what this one may have (ulimit -v), or render fewer frames"))
        PartialFiles.removeAll()
        tell(failure)
        exit(failure.status.rawValue)
      }
    }
  }
}
