import CFFmpeg
import Foundation
import Rendering

/// Frames whose clip could not be made, saved for a person: a folder of PNGs and the recipe.
enum KeptFrames {
  /// Saves every frame of `spool` in `clip.frames/` beside `clip.mp4`.
  ///
  /// If that fails (a full disk), the spool itself moves into the folder, and if there can be no folder it stays
  /// where it is: neither needs room.
  /// - Returns: what was saved where: ends an error's sentence.
  static func save(
    _ spool: FrameSpool, recipe: Recipe, beside target: String, encoder: String = "png"
  ) -> String {
    spool.trim()
    let folder = ClipDestination.freeFolder(".frames", beside: target)
    PartialFiles.add(folder)
    defer { PartialFiles.forget(folder) }
    do {
      guard mkdir(folder, 0o755) == 0 else { throw FileFailure("making", folder).renderError }
      try savePNGs(spool, in: folder, encoder)
      try saveRecipe(recipe, in: folder)
      return "the \(spool.count) frames are kept as PNGs in \(folder) with their recipe.json"
    } catch {
      let path = saveRaw(spool, recipe, in: folder)
      return "the \(spool.count) frames are kept as raw RGB24 in \(path)"
    }
  }

  private static func saveRecipe(_ recipe: Recipe, in folder: String) throws {
    try Data((recipe.json() + "\n").utf8).write(to: URL(filePath: folder + "/recipe.json"))
  }

  private static func savePNGs(_ spool: FrameSpool, in folder: String, _ encoder: String) throws {
    let encoder = try PNGEncoder(encoder, width: spool.width, height: spool.height)
    do {
      for index in 0..<spool.count {
        try encoder.encode(spool.frame(index)).write(to: URL(filePath: pngPath(index, in: folder)))
      }
    } catch {
      // Room for the frames that are still in the spool.
      for index in 0..<spool.count { unlink(pngPath(index, in: folder)) }
      throw error
    }
  }

  private static func pngPath(_ index: Int, in folder: String) -> String {
    folder + String(format: "/frame-%05d.png", index + 1)
  }

  private static func saveRaw(_ spool: FrameSpool, _ recipe: Recipe, in folder: String) -> String {
    let raw = folder + "/frames-\(spool.width)x\(spool.height)-\(recipe.framesPerSecond)fps.rgb"
    spool.keep()
    guard rename(spool.path, raw) == 0 else { return spool.path }
    do {
      try saveRecipe(recipe, in: folder)
    } catch {
      // The frames are what matters; half a recipe would only mislead.
      unlink(folder + "/recipe.json")
    }
    return raw
  }
}

/// libav's PNG encoder.
final class PNGEncoder {
  private let context: CodecContext
  private let packet: PacketBuffer
  private let picture: PictureBuffer

  init(_ name: String, width: Int, height: Int) throws {
    try FFmpeg.load()
    guard let codec = ffmpeg.avcodec_find_encoder_by_name(name) else {
      throw RenderError(.encoding, "libav has no PNG encoder")
    }
    context = try CodecContext(codec)
    packet = try PacketBuffer()
    picture = try PictureBuffer(format: AV_PIX_FMT_RGB24, width: width, height: height)
    context.pointer.pointee.width = Int32(width)
    context.pointer.pointee.height = Int32(height)
    context.pointer.pointee.pix_fmt = AV_PIX_FMT_RGB24
    context.pointer.pointee.time_base = AVRational(num: 1, den: 1)
    try libav("opening the PNG encoder") { ffmpeg.avcodec_open2(context.pointer, codec, nil) }
  }

  /// A complete PNG file.
  func encode(_ frame: Frame) throws -> Data {
    try picture.fill(from: frame)
    try libav("encoding a PNG") { ffmpeg.avcodec_send_frame(context.pointer, picture.pointer) }
    try libav("encoding a PNG") { ffmpeg.avcodec_receive_packet(context.pointer, packet.pointer) }
    defer { ffmpeg.av_packet_unref(packet.pointer) }
    return Data(bytes: packet.pointer.pointee.data, count: Int(packet.pointer.pointee.size))
  }
}
