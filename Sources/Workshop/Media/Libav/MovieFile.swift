import CFFmpeg
import Foundation
import Rendering

/// An MP4 being written: one video stream and the clip's tags.
final class MovieFile {
  private let context: UnsafeMutablePointer<AVFormatContext>
  /// Present when the bytes also go to a pipe.
  private let pipe: PipeOutput?
  private var hasHeader = false

  /// - Parameters:
  ///   - path: where the file is made; it must not be a name that others read.
  ///   - pipe: a descriptor that gets the same bytes at once; the MP4 is then fragmented, as it cannot be seeked.
  init(at path: String, copyingTo pipe: Int32? = nil) throws {
    self.pipe = try pipe.map { try PipeOutput(descriptor: $0, copy: path) }
    var made: UnsafeMutablePointer<AVFormatContext>?
    // "file:" keeps a colon in a name from being read as a protocol.
    let url = "file:" + path
    try libav("making an MP4") { ffmpeg.avformat_alloc_output_context2(&made, nil, "mp4", url) }
    context = try allocated(made)
    if let output = self.pipe {
      context.pointee.pb = output.pointer
      context.pointee.flags |= AVFMT_FLAG_CUSTOM_IO
    } else {
      try libav("opening \(path)") { ffmpeg.avio_open(&context.pointee.pb, url, AVIO_FLAG_WRITE) }
    }
  }

  deinit {
    if pipe == nil { _ = ffmpeg.avio_closep(&context.pointee.pb) }
    ffmpeg.avformat_free_context(context)
  }

  /// Declares the video stream. Once, before the first packet.
  func addStream(of encoder: VideoEncoder) throws {
    let stream = try allocated(ffmpeg.avformat_new_stream(context, nil))
    try libav("describing the video stream") {
      ffmpeg.avcodec_parameters_from_context(stream.pointee.codecpar, encoder.context.pointer)
    }
    stream.pointee.time_base = encoder.timeBase
    stream.pointee.avg_frame_rate = AVRational(num: encoder.timeBase.den, den: encoder.timeBase.num)
  }

  /// The clip's tags. In a file they may change until ``finish()``; in a pipe they leave with the first packet.
  func setTags(_ tags: KeyValuePairs<String, String>) {
    for (key, value) in tags { _ = ffmpeg.av_dict_set(&context.pointee.metadata, key, value, 0) }
  }

  /// Takes over the content of a packet whose times are in units of `timeBase`.
  func write(_ packet: PacketBuffer, timeBase: AVRational) throws {
    try writeHeaderOnce()
    guard let stream = context.pointee.streams?.pointee else { return }
    // Without it the muxer cannot know how long the last frame lasts.
    if packet.pointer.pointee.duration == 0 { packet.pointer.pointee.duration = 1 }
    ffmpeg.av_packet_rescale_ts(packet.pointer, timeBase, stream.pointee.time_base)
    packet.pointer.pointee.stream_index = stream.pointee.index
    try libav("writing the MP4") { ffmpeg.av_interleaved_write_frame(context, packet.pointer) }
    try checkOutput()
  }

  /// Writes the index, moves it to the front, and closes.
  func finish() throws {
    try writeHeaderOnce()
    try libav("finishing the MP4") { ffmpeg.av_write_trailer(context) }
    ffmpeg.avio_flush(context.pointee.pb)
    try checkOutput()
    guard pipe == nil else { return }
    try libav("closing the MP4") { ffmpeg.avio_closep(&context.pointee.pb) }
  }

  private func writeHeaderOnce() throws {
    guard !hasHeader else { return }
    hasHeader = true
    let flags = pipe == nil ? "+faststart" : "+frag_keyframe+empty_moov+default_base_moof"
    let options = try OptionList(["movflags": flags])
    try libav("starting the MP4") { ffmpeg.avformat_write_header(context, &options.pointer) }
    try checkOutput()
  }

  /// libav buffers what it writes: the failure of an earlier call shows here.
  private func checkOutput() throws {
    guard let output = context.pointee.pb else { return }
    let status = output.pointee.error
    if status < 0 { throw LibavError(doing: "writing the MP4", status: status) }
  }
}

/// libav output that goes to a pipe, and also to a file so that it can be checked.
final class PipeOutput {
  let pointer: UnsafeMutablePointer<AVIOContext>
  private let descriptors: UnsafeMutablePointer<Descriptors>

  private struct Descriptors {
    var pipe: Int32
    var copy: Int32
  }

  init(descriptor: Int32, copy path: String) throws {
    let copy = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard copy >= 0 else { throw FileFailure("making", path).renderError }
    descriptors = .allocate(capacity: 1)
    descriptors.initialize(to: Descriptors(pipe: descriptor, copy: copy))
    let size = 64 * 1024
    let made = ffmpeg.avio_alloc_context(
      ffmpeg.av_malloc(size)?.assumingMemoryBound(to: UInt8.self), Int32(size), 1, descriptors, nil,
      { descriptors, bytes, count in
        guard let bytes, let both = descriptors?.assumingMemoryBound(to: Descriptors.self).pointee else {
          return moviola_averror(EINVAL)
        }
        let content = UnsafeRawBufferPointer(start: bytes, count: Int(count))
        for descriptor in [both.pipe, both.copy] {
          if let errnum = writeAll(content, to: descriptor) { return moviola_averror(errnum) }
        }
        return count
      }, nil)
    guard let made else {
      close(copy)
      descriptors.deallocate()
      throw RenderError(.noSpace, "not enough memory for libav")
    }
    pointer = made
  }

  deinit {
    close(descriptors.pointee.copy)
    descriptors.deallocate()
    ffmpeg.av_freep(&pointer.pointee.buffer)
    var pointer: UnsafeMutablePointer<AVIOContext>? = pointer
    ffmpeg.avio_context_free(&pointer)
  }
}
