import CFFmpeg
import Dispatch
import Rendering

/// FFmpeg's libraries, which are loaded when the first clip is written or read, and stay.
public enum FFmpeg {
  /// Loads them meanwhile, on a thread of its own: for a command that will write or read a clip before long.
  public static func prepare() {
    DispatchQueue.global(qos: .userInitiated).async { _ = problem }
  }

  /// - Throws: ``RenderError``, code `encoding`, if one of them is missing or another one than we were compiled for.
  static func load() throws {
    guard let problem else { return }
    throw RenderError(
      .encoding, "FFmpeg's libraries cannot be loaded: \(problem)",
      remedy: "install them (on Debian and Ubuntu they come with libavformat-dev and libswscale-dev), or build Moviola "
        + "again if FFmpeg is another version now")
  }

  /// Written once, while ``problem`` is made.
  fileprivate nonisolated(unsafe) static let functions = UnsafeMutablePointer<moviola_ffmpeg>.allocate(capacity: 1)

  /// Why they cannot be loaded; nil if they are.
  private static let problem: String? = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { text in
    functions.initialize(to: moviola_ffmpeg())
    guard let start = text.baseAddress else { return "" }
    guard moviola_load_ffmpeg(functions, start, text.count) else { return String(cString: start) }
    LibavLog.install(functions)
    return nil
  }
}

/// FFmpeg's functions. Whoever has something of FFmpeg's may call them; what makes the first of it loads them.
var ffmpeg: moviola_ffmpeg { FFmpeg.functions.pointee }
