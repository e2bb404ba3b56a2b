import Foundation
import Media
import Rendering

/// Opens the video encoder at 720p, writes a clip with it, and reopens it.
struct EncoderCheck: Check {
  private static let recipe = Recipe(
    prompt: "a test of the encoder", model: "none", width: 1280, height: 720, frameCount: 5, framesPerSecond: 16)

  func findings() -> [Finding] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "moviola-doctor-\(UUID().uuidString)")
    PartialFiles.add(folder.path(percentEncoded: false))
    defer { PartialFiles.remove(folder.path(percentEncoded: false)) }
    do {
      let choice = try EncoderChoice(for: ClipFormat(width: 1280, height: 720, framesPerSecond: 16))
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let path = folder.appending(path: "clip.mp4").path(percentEncoded: false)
      let check = try write(path)
      let value = "\(choice.name) at 1280x720: \(check.frames) frames written, reopened and counted"
      guard let warning = choice.warning else { return [.ok("video encoder", value)] }
      return [.warn("video encoder", value, warning)]
    } catch {
      let error = error as? RenderError ?? RenderError(.encoding, "\(error)")
      let advice = error.remedy ?? "install libx264 (on Debian and Ubuntu it comes with libavcodec-extra)"
      return [.fail("video encoder", error.what, advice)]
    }
  }

  /// A grey that grows lighter: frames that a decoder can tell apart.
  private func write(_ path: String) throws -> ClipCheck {
    let recipe = Self.recipe
    let writer = try ClipWriter(recipe, to: .file(path, replacing: false))
    for index in 0..<recipe.frameCount {
      let level = UInt8(40 + 40 * index)
      let rgb = [UInt8](repeating: level, count: recipe.width * recipe.height * 3)
      try writer.append(Frame(width: recipe.width, height: recipe.height, rgb: rgb))
    }
    return try writer.finish(recipe).check
  }
}
