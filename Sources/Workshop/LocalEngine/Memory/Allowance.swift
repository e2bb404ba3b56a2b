import Foundation
import Rendering

/// What a render takes beside the tensors that a rehearsal counts; measured by `moviola bench memory`.
enum Allowance {
  /// What the libraries take of their own: code that they make and keep, scratch of each thread, their pages.
  static let libraries = ProcessFootprint(anonymousBytes: 48 << 20, mappedBytes: 64 << 20)

  /// A row that is read brings the pages around it, when they are in the page cache.
  static let pagesAround = 64 << 10

  /// Copies of the latents that sampler, guidance and preview hold as arrays.
  static let arraysOfLatents = 16

  /// What x264 holds at these settings: pictures that wait for their turn, and their halves.
  static func videoEncoder(_ recipe: Recipe) -> Int {
    (8 << 20) + min(recipe.frameCount, 60) * recipe.width * recipe.height * 3
  }
}

extension ProcessFootprint {
  var total: Int { anonymousBytes + mappedBytes }
}
