import Foundation
import Rendering

/// The frames of a clip on disk as plain RGB24, one after the other, from the moment they arrive until the clip
/// has been checked.
///
/// Frames stream: the engine forgets them as soon as they are handed over, and an encoder that fails at frame 70
/// has swallowed 69. A render takes hours, this file takes what the clip takes as RGB (97 MB for 81 frames of
/// 832×480), so it is the cheapest way never to lose one: written before the encoder sees the frame, reserved
/// in full before the first denoising step so that the disk cannot fill up meanwhile, never held in memory.
final class FrameSpool {
  let path: String
  let width: Int
  let height: Int
  private(set) var count = 0
  private let descriptor: Int32
  private var isKept = false

  /// Reserved on top: what ``trim()`` frees on a full disk, so that the recipe still fits.
  private static let slack = 64 * 1024

  private var frameBytes: Int { width * height * 3 }

  /// - Parameter frames: how many frames to reserve room for.
  init(path: String, width: Int, height: Int, frames: Int) throws {
    // A file that is not ours must not be removed by deinit: nothing is stored before it is open.
    let opened = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard opened >= 0 else { throw Self.noFile(path) }
    descriptor = opened
    self.path = path
    self.width = width
    self.height = height
    PartialFiles.add(path)
    try reserve(frames)
  }

  deinit {
    close(descriptor)
    if !isKept { PartialFiles.remove(path) }
  }

  /// The first file that a render makes: what its folder refuses shows here. The hidden name would tell nobody anything.
  private static func noFile(_ path: String) -> RenderError {
    let errnum = errno
    let failure = FileFailure("making", path, errnum: errnum).renderError
    guard failure.code == .inputOutput else { return failure }
    let reason = String(cString: strerror(errnum))
    let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
    return RenderError(
      .inputOutput, "no file can be made in the output folder \(folder): \(reason)",
      remedy: "choose another with -o")
  }

  private func reserve(_ frames: Int) throws {
    let (frames, overflow) = frameBytes.multipliedReportingOverflow(by: frames)
    let (bytes, beyond) = frames.addingReportingOverflow(Self.slack)
    guard !overflow, !beyond else {
      throw RenderError(.badRecipe, "a clip of so many frames is more than any disk holds")
    }
    let status = posix_fallocate(descriptor, 0, bytes)
    // File systems that cannot reserve say so; the frames are then written as they come.
    guard status == 0 || status == EOPNOTSUPP || status == EINVAL else {
      throw FileFailure("reserving \(bytes) bytes in", path, errnum: status).renderError
    }
  }

  func append(_ frame: Frame) throws {
    guard lseek(descriptor, off_t(count * frameBytes), SEEK_SET) >= 0 else {
      throw FileFailure("writing", path).renderError
    }
    if let errnum = frame.rgb.withUnsafeBytes({ writeAll($0, to: descriptor) }) {
      throw FileFailure("writing", path, errnum: errnum).renderError
    }
    count += 1
  }

  func frame(_ index: Int) throws -> Frame {
    var rgb = [UInt8](repeating: 0, count: frameBytes)
    var done = 0
    while done < frameBytes {
      let got = rgb.withUnsafeMutableBytes { bytes in
        pread(descriptor, bytes.baseAddress.map { $0 + done }, frameBytes - done, off_t(index * frameBytes + done))
      }
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else { throw FileFailure("reading", path, errnum: got == 0 ? EIO : errno).renderError }
      done += got
    }
    return Frame(width: width, height: height, rgb: rgb)
  }

  /// The file outlives this object: it is all there is of the clip.
  func keep() {
    isKept = true
    PartialFiles.forget(path)
  }

  /// Cuts off what was reserved and not used.
  func trim() { ftruncate(descriptor, off_t(count * frameBytes)) }
}
