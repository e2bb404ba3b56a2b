import Foundation
import Rendering

/// What a render takes beside the tensors that a rehearsal counts; measured by `moviola bench memory`.
enum Allowance {
  /// What the libraries take of their own: code that they make, pages of their files.
  static let libraries = ProcessFootprint(anonymousBytes: 4 << 20, mappedBytes: 16 << 20)
  /// Pages of the video encoder's libraries.
  static let encoderLibraries = 6 << 20

  private static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }
  /// Threads that multiply: the engine's own, and one for each core.
  static var threads: Int { cores + 1 }

  /// The fingerprint of a model reads files up to this size as a whole.
  static let wholeFiles = 64 << 20

  /// A row that is read brings the pages around it, when they are in the page cache.
  static let pagesAround = 64 << 10

  /// Copies of the latents that sampler, guidance and preview hold as arrays.
  static let arraysOfLatents = 16

  /// What x264 holds at these settings: pictures that wait until it has looked ahead, and those of each thread.
  static func videoEncoder(_ recipe: Recipe) -> Int {
    let pixels = recipe.width * recipe.height
    let threads = min(cores, 16)
    return (3 << 20) + pixels * (40 + 11 * max(0, threads - 2)) + pixels * 18 / 5 * min(recipe.frameCount, 47)
  }
}

extension ProcessFootprint {
  var total: Int { anonymousBytes + mappedBytes }
}
