import CFFmpeg
import Foundation
import Rendering

/// Which encoder will make a clip, tried by opening it at the clip's size and rate.
///
///     let choice = try EncoderChoice(for: ClipFormat(width: 832, height: 480, framesPerSecond: 16))
///     print(choice.name)  // libx264
///     if let warning = choice.warning { print(warning) }
///     // No H.264 encoder here, the clip is MPEG-4: larger, and some players refuse it; …
///     // Throws RenderError, code `encoding`, when nothing opens.
public struct EncoderChoice: Hashable, Sendable {
  public let name: String
  /// What a person should know when the encoder is not the one we would like; nil with libx264.
  public let warning: String?

  public init(for format: ClipFormat) throws {
    let encoder = try VideoEncoder.best(for: format, streams: false)
    self.init(encoder.candidate)
  }

  init(_ candidate: EncoderCandidate) {
    name = candidate.name
    warning = candidate.warning
  }
}

/// An encoder that we know how to ask for a crisp picture.
struct EncoderCandidate: Hashable {
  var name: String
  /// Options of libav by name. Nothing here sets a bit rate: ``bitsPerPixel`` does where quality cannot.
  var options: [String: String] = [:]
  /// For encoders without a constant-quality mode.
  var bitsPerPixel: Double?
  var isH264 = true

  /// In the order of our liking.
  static let known: [EncoderCandidate] = [
    // Quantiser 16 is where one stops telling the clip from its frames.
    EncoderCandidate(name: "libx264", options: ["preset": "medium", "crf": "16"]),
    EncoderCandidate(name: "h264_nvenc", options: ["rc": "vbr", "cq": "17"], bitsPerPixel: 0),
    EncoderCandidate(name: "libopenh264", bitsPerPixel: 0.5),
    EncoderCandidate(name: "h264_v4l2m2m", bitsPerPixel: 0.5),
    EncoderCandidate(
      name: "mpeg4", options: ["flags": "+qscale", "global_quality": "\(2 * moviola_quantiser_unit)"],
      isH264: false),
  ]

  var warning: String? {
    if name == "libx264" { return nil }
    let cure = "install libx264 (on Debian and Ubuntu it comes with libavcodec-extra)"
    return isH264
      ? "libx264 is missing, the clip is encoded by \(name); \(cure) for the best picture"
      : "no H.264 encoder here, the clip is MPEG-4: larger, and some players refuse it; \(cure)"
  }
}

/// An opened encoder: yuv420p pictures in, packets out.
final class VideoEncoder {
  let candidate: EncoderCandidate
  let context: CodecContext
  private let packet: PacketBuffer

  /// The first candidate that is present and opens at this format.
  /// - Parameter streams: no pictures out of order and a key frame every second, for a reader that cannot seek.
  static func best(
    for format: ClipFormat, streams: Bool, among candidates: [EncoderCandidate] = EncoderCandidate.known
  ) throws -> VideoEncoder {
    try FFmpeg.load()
    var refusals: [String] = []
    for candidate in candidates {
      guard let codec = ffmpeg.avcodec_find_encoder_by_name(candidate.name) else { continue }
      do {
        return try VideoEncoder(candidate, codec, format, streams: streams)
      } catch let error as LibavError {
        refusals.append(error.renderError().what)
      }
    }
    let size = "\(format.width)×\(format.height) at \(format.framesPerSecond) frames a second"
    guard refusals.isEmpty else {
      throw RenderError(
        .encoding, "no encoder opens at \(size): \(refusals.joined(separator: "; "))",
        remedy: "choose another size or rate")
    }
    throw RenderError(
      .encoding, "libav has none of the encoders \(candidates.map(\.name).joined(separator: ", "))",
      remedy: "install libx264 (on Debian and Ubuntu it comes with libavcodec-extra)")
  }

  private init(
    _ candidate: EncoderCandidate, _ codec: UnsafePointer<AVCodec>, _ format: ClipFormat, streams: Bool
  ) throws {
    self.candidate = candidate
    context = try CodecContext(codec)
    packet = try PacketBuffer()
    guard let width = Int32(exactly: format.width), let height = Int32(exactly: format.height),
      let rate = Int32(exactly: format.framesPerSecond), width > 0, height > 0, rate > 0, rate < .max / 2
    else {
      throw RenderError(.badRecipe, "no encoder can make \(format.width)×\(format.height) pixels")
    }
    configure(width: width, height: height, rate: rate, streams: streams)
    let options = try OptionList()
    for (key, value) in candidate.options { _ = ffmpeg.av_dict_set(&options.pointer, key, value, 0) }
    try libav("opening the encoder \(candidate.name) at \(width)×\(height)") {
      ffmpeg.avcodec_open2(context.pointer, codec, &options.pointer)
    }
  }

  private func configure(width: Int32, height: Int32, rate: Int32, streams: Bool) {
    let pointer = context.pointer
    pointer.pointee.width = width
    pointer.pointee.height = height
    pointer.pointee.pix_fmt = AV_PIX_FMT_YUV420P
    pointer.pointee.sample_aspect_ratio = AVRational(num: 1, den: 1)
    pointer.pointee.time_base = AVRational(num: 1, den: rate)
    pointer.pointee.framerate = AVRational(num: rate, den: 1)
    pointer.pointee.color_primaries = AVCOL_PRI_BT709
    pointer.pointee.color_trc = AVCOL_TRC_BT709
    pointer.pointee.colorspace = AVCOL_SPC_BT709
    pointer.pointee.color_range = AVCOL_RANGE_MPEG
    pointer.pointee.chroma_sample_location = AVCHROMA_LOC_LEFT
    // Often enough to scrub a clip, and for a reader of a pipe to see it begin.
    pointer.pointee.gop_size = streams ? max(rate, 16) : max(rate * 2, 48)
    if streams { pointer.pointee.max_b_frames = 0 }
    pointer.pointee.thread_count = Int32(min(ProcessInfo.processInfo.activeProcessorCount, 16))
    // MP4 keeps the parameter sets once, in its header.
    pointer.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
    if let bitsPerPixel = candidate.bitsPerPixel {
      pointer.pointee.bit_rate = Int64(bitsPerPixel * Double(width) * Double(height) * Double(rate))
    }
  }

  var timeBase: AVRational { context.pointer.pointee.time_base }

  /// Encodes one picture, or with nil whatever is still held back; hands every finished packet to `body`.
  func encode(_ picture: PictureBuffer?, _ body: (PacketBuffer) throws -> Void) throws {
    try libav("encoding with \(candidate.name)") { ffmpeg.avcodec_send_frame(context.pointer, picture?.pointer) }
    while true {
      let (status, line) = LibavLog.listening { ffmpeg.avcodec_receive_packet(context.pointer, packet.pointer) }
      if status == moviola_again || status == moviola_end { return }
      guard status >= 0 else {
        throw LibavError(doing: "encoding with \(candidate.name)", status: status, detail: line)
      }
      defer { ffmpeg.av_packet_unref(packet.pointer) }
      try body(packet)
    }
  }
}
