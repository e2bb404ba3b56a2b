import Foundation
import Rendering
import Tensors
import WanModel

/// What a render takes beside the tensors that a rehearsal counts; measured by `moviola bench memory`.
enum Allowance {
  /// What the libraries take of their own: code that they make, tables, pages of their files. Most of it is FFmpeg's, which
  /// is loaded after `base` was taken.
  static let libraries = ProcessFootprint(anonymousBytes: 10 << 20, mappedBytes: 30 << 20)
  /// Kernels of convolutions, made at run time for each shape, and what each thread holds for them.
  static let convolutions = 6 << 20

  private static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// A row that is read brings the pages around it, when they are in the page cache.
  static let pagesAround = 64 << 10

  /// Copies of the latents that sampler, guidance and preview hold as arrays.
  static let arraysOfLatents = 16

  /// Prompt and negative prompt as float32, padded.
  static func texts(_ encoder: TextEncoderConfiguration) -> Int { 2 * TextEmbeddings.rows * encoder.dModel * 4 }

  /// What is remembered of passes, to spare others: for each prompt two flows and what the first block added, what it
  /// adds now and the tokens before it; and what guidance added.
  static func savings(_ recipe: Recipe, _ latents: [Int], _ expert: TransformerConfiguration) -> Int {
    let (values, tokens) = (latents.reduce(4, *), latents[..<3].reduce(1, *) / expert.patchVolume)
    let watched = 4 * expert.dim * min(tokens, StepCache.mostWatched)
    return (recipe.stepCache == nil ? 0 : 6 * values + 5 * watched) + (recipe.skipGuidanceAfter == nil ? 0 : 2 * values)
  }

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
