import CFFmpeg
import Foundation
import Rendering

/// An MP4 open for reading: its tags and its video stream.
final class ClipFile {
  private let path: String
  private let context: UnsafeMutablePointer<AVFormatContext>

  /// Opens as MP4 and nothing else: a playlist that names other files is never followed.
  init(_ path: String) throws {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      guard errno == ENOENT else { throw FileFailure("opening", path).renderError }
      throw RenderError(.inputOutput, "there is no clip \(path)", remedy: "check the path")
    }
    close(descriptor)
    var opened: UnsafeMutablePointer<AVFormatContext>?
    let options = try OptionList(["protocol_whitelist": "file"])
    do {
      try libav("reading \(path)") {
        ffmpeg.avformat_open_input(&opened, "file:" + path, ffmpeg.av_find_input_format("mp4"), &options.pointer)
      }
    } catch let error as LibavError {
      throw RenderError(.inputOutput, "\(path) is not a readable MP4: \(error.cause)")
    }
    context = try allocated(opened)
  }

  deinit {
    var context: UnsafeMutablePointer<AVFormatContext>? = context
    ffmpeg.avformat_close_input(&context)
  }

  func tag(_ name: String) -> String? {
    ffmpeg.av_dict_get(context.pointee.metadata, name, nil, 0).flatMap { $0.pointee.value }.map { String(cString: $0) }
  }

  /// Decodes every frame of the video stream, in order.
  /// - Parameter body: gets each frame and its time in units of `1 / rate` seconds, if it lies on one exactly.
  func decode(rate: Int, _ body: (PictureBuffer, _ index: Int?) throws -> Void) throws {
    try libav("reading \(path)") { ffmpeg.avformat_find_stream_info(context, nil) }
    var codec: UnsafePointer<AVCodec>?
    let index = try libav("finding the video in \(path)") {
      ffmpeg.av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0)
    }
    guard let codec, let stream = context.pointee.streams?[Int(index)] else {
      throw RenderError(.encoding, "nothing decodes the video in \(path)")
    }
    let decoder = try CodecContext(codec)
    try libav("preparing the decoder") {
      ffmpeg.avcodec_parameters_to_context(decoder.pointer, stream.pointee.codecpar)
    }
    decoder.pointer.pointee.thread_count = Int32(min(ProcessInfo.processInfo.activeProcessorCount, 16))
    // A damaged frame is an error, not something to paint over.
    decoder.pointer.pointee.err_recognition = AV_EF_EXPLODE
    try libav("opening the decoder") { ffmpeg.avcodec_open2(decoder.pointer, codec, nil) }
    try decode(stream.pointee.time_base, index, with: decoder) { picture in
      try body(picture, Self.index(of: picture, timeBase: stream.pointee.time_base, rate: rate))
    }
  }

  private func decode(
    _ timeBase: AVRational, _ stream: Int32, with decoder: CodecContext, _ body: (PictureBuffer) throws -> Void
  ) throws {
    let packet = try PacketBuffer()
    let picture = try PictureBuffer()
    while true {
      let (status, line) = LibavLog.listening { ffmpeg.av_read_frame(context, packet.pointer) }
      if status == moviola_end { break }
      guard status >= 0 else { throw LibavError(doing: "reading \(path)", status: status, detail: line) }
      defer { ffmpeg.av_packet_unref(packet.pointer) }
      guard packet.pointer.pointee.stream_index == stream else { continue }
      try libav("decoding \(path)") { ffmpeg.avcodec_send_packet(decoder.pointer, packet.pointer) }
      try receive(from: decoder, picture, body)
    }
    try libav("decoding \(path)") { ffmpeg.avcodec_send_packet(decoder.pointer, nil) }
    try receive(from: decoder, picture, body)
  }

  private func receive(
    from decoder: CodecContext, _ picture: PictureBuffer, _ body: (PictureBuffer) throws -> Void
  ) throws {
    while true {
      let (status, line) = LibavLog.listening { ffmpeg.avcodec_receive_frame(decoder.pointer, picture.pointer) }
      if status == moviola_again || status == moviola_end { return }
      guard status >= 0 else { throw LibavError(doing: "decoding \(path)", status: status, detail: line) }
      try body(picture)
    }
  }

  private static func index(of picture: PictureBuffer, timeBase: AVRational, rate: Int) -> Int? {
    let time = picture.pointer.pointee.best_effort_timestamp
    guard time != moviola_no_timestamp, timeBase.den > 0 else { return nil }
    let (scaled, overflow) = Int(time).multipliedReportingOverflow(by: Int(timeBase.num) * rate)
    guard !overflow, scaled % Int(timeBase.den) == 0 else { return nil }
    return scaled / Int(timeBase.den)
  }
}
