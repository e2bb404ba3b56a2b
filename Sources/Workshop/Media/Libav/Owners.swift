import CFFmpeg
import Rendering

// One owner for each C resource: made in init, freed in deinit, never seen outside of this room.

/// An encoder's or decoder's context.
final class CodecContext {
  let pointer: UnsafeMutablePointer<AVCodecContext>

  init(_ codec: UnsafePointer<AVCodec>) throws {
    pointer = try allocated(ffmpeg.avcodec_alloc_context3(codec))
  }

  deinit {
    var pointer: UnsafeMutablePointer<AVCodecContext>? = pointer
    ffmpeg.avcodec_free_context(&pointer)
  }
}

/// One encoded packet, reused from call to call.
final class PacketBuffer {
  let pointer: UnsafeMutablePointer<AVPacket>

  init() throws { pointer = try allocated(ffmpeg.av_packet_alloc()) }

  deinit {
    var pointer: UnsafeMutablePointer<AVPacket>? = pointer
    ffmpeg.av_packet_free(&pointer)
  }
}

/// An uncompressed picture in libav's padded layout.
final class PictureBuffer {
  let pointer: UnsafeMutablePointer<AVFrame>

  /// An empty one, for a decoder to fill.
  init() throws { pointer = try allocated(ffmpeg.av_frame_alloc()) }

  /// One with pixels of its own.
  convenience init(format: AVPixelFormat, width: Int, height: Int) throws {
    try self.init()
    pointer.pointee.format = format.rawValue
    pointer.pointee.width = Int32(width)
    pointer.pointee.height = Int32(height)
    try libav("allocating a picture of \(width)×\(height)") { ffmpeg.av_frame_get_buffer(pointer, 0) }
  }

  deinit {
    var pointer: UnsafeMutablePointer<AVFrame>? = pointer
    ffmpeg.av_frame_free(&pointer)
  }

  /// The first plane's rows, each `bytes` long: luma of YUV, everything of RGB24.
  func forEachRow(bytes: Int, _ body: (Int, UnsafeMutableBufferPointer<UInt8>) -> Void) {
    guard let plane = pointer.pointee.data.0 else { return }
    let stride = Int(pointer.pointee.linesize.0)
    for row in 0..<Int(pointer.pointee.height) {
      body(row, UnsafeMutableBufferPointer(start: plane + row * stride, count: bytes))
    }
  }

  /// Copies the RGB24 pixels of `frame`, which must have this picture's size.
  func fill(from frame: Frame) throws {
    // The encoder may still hold the previous content.
    try libav("preparing a picture") { ffmpeg.av_frame_make_writable(pointer) }
    let rowBytes = frame.width * 3
    frame.rgb.withUnsafeBufferPointer { pixels in
      forEachRow(bytes: rowBytes) { row, target in
        _ = target.update(fromContentsOf: pixels[row * rowBytes..<(row + 1) * rowBytes])
      }
    }
  }
}

/// A libav dictionary: options or metadata.
final class OptionList {
  var pointer: OpaquePointer?

  init(_ entries: KeyValuePairs<String, String> = [:]) throws {
    try FFmpeg.load()
    for (key, value) in entries { _ = ffmpeg.av_dict_set(&pointer, key, value, 0) }
  }

  deinit {
    if pointer != nil { ffmpeg.av_dict_free(&pointer) }
  }
}

/// RGB24 to yuv420p with the BT.709 matrix, full range to limited.
final class ColourConverter {
  private let context: moviola_scaler

  init(width: Int, height: Int) throws {
    context = try allocated(
      ffmpeg.sws_getContext(
        Int32(width), Int32(height), AV_PIX_FMT_RGB24, Int32(width), Int32(height), AV_PIX_FMT_YUV420P,
        moviola_accurate_scaling, nil, nil, nil))
    let bt709 = ffmpeg.sws_getCoefficients(SWS_CS_ITU709)
    try libav("choosing BT.709 colours") {
      ffmpeg.sws_setColorspaceDetails(context, bt709, 1, bt709, 0, 0, 1 << 16, 1 << 16)
    }
  }

  deinit { ffmpeg.sws_freeContext(context) }

  func convert(_ source: PictureBuffer, into target: PictureBuffer) throws {
    try libav("preparing a picture") { ffmpeg.av_frame_make_writable(target.pointer) }
    try libav("converting colours") { ffmpeg.sws_scale_frame(context, target.pointer, source.pointer) }
  }
}
