import Foundation
import Rendering

@testable import Media

/// A bright disc on a colour ramp, moving to the right: something an encoder likes and a test can predict.
func syntheticFrame(_ index: Int, width: Int = 160, height: Int = 96) -> Frame {
  var rgb = [UInt8](repeating: 0, count: width * height * 3)
  let centre = (x: 20 + 6 * index, y: height / 2)
  for y in 0..<height {
    for x in 0..<width {
      let inside = (x - centre.x) * (x - centre.x) + (y - centre.y) * (y - centre.y) < 16 * 16
      let at = (y * width + x) * 3
      rgb[at] = inside ? 220 : UInt8(40 + x * 100 / width)
      rgb[at + 1] = inside ? 40 : UInt8(60 + y * 100 / height)
      rgb[at + 2] = inside ? 30 : 120
    }
  }
  return Frame(width: width, height: height, rgb: rgb)
}

func flatFrame(_ value: UInt8, width: Int = 160, height: Int = 96) -> Frame {
  Frame(width: width, height: height, rgb: [UInt8](repeating: value, count: width * height * 3))
}

func syntheticRecipe(frames: Int = 17, prompt: String = "a red disc moves") -> Recipe {
  Recipe(
    prompt: prompt, model: "synthetic", width: 160, height: 96, frameCount: frames, framesPerSecond: 16, seed: .max)
}

/// A folder that is gone when the body returns.
func withFolder(_ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "moviola-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder.path(percentEncoded: false))
}

func contents(_ folder: String) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}

/// Writes a clip of `frames` and returns it.
@discardableResult
func writeClip(
  _ frames: [Frame], _ recipe: Recipe, to destination: ClipDestination,
  candidates: [EncoderCandidate] = EncoderCandidate.known
) throws -> FinishedClip {
  let writer = try ClipWriter(recipe, to: destination, candidates: candidates)
  for frame in frames { try writer.append(frame) }
  return try writer.finish(recipe)
}
