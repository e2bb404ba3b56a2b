import Foundation
import Rendering

/// A system call on a file that failed, with errno as it was.
struct FileFailure {
  var doing: String
  var path: String
  var errnum: Int32

  init(_ doing: String, _ path: String, errnum: Int32 = errno) {
    self.doing = doing
    self.path = path
    self.errnum = errnum
  }

  var renderError: RenderError {
    switch errnum {
    case ENOSPC, EDQUOT:
      RenderError(.noSpace, "\(doing) \(path) failed: the disk is full", remedy: "free some space and try again")
    case EPIPE:
      RenderError(.inputOutput, "\(doing) \(path) failed: the program that reads the pipe is gone")
    default:
      RenderError(.inputOutput, "\(doing) \(path) failed: \(String(cString: strerror(errnum)))")
    }
  }
}

/// Writes every byte; returns the errno that stopped it, or nil.
func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
  var rest = bytes[...]
  while !rest.isEmpty {
    let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
    if written < 0 {
      if errno == EINTR { continue }
      return errno
    }
    rest = rest.dropFirst(written)
  }
  return nil
}

/// Makes what was written to `path` survive a power cut.
func synchronise(_ path: String) throws(RenderError) {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw FileFailure("opening", path).renderError }
  defer { close(descriptor) }
  // Some file systems cannot; that is no reason to lose a clip.
  guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else {
    throw FileFailure("saving", path).renderError
  }
}
