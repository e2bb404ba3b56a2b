import Foundation

/// Standard input, output and error may have been closed by whoever started the program (`>&-`).
enum StandardStreams {
  /// Puts something in the place of a closed one: the next file that is opened would get its number, and what is meant
  /// for a reader would be written into it. Reading and writing still fail, as with a closed one.
  static func fill() {
    for (descriptor, flags) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
    where fcntl(descriptor, F_GETFD) == -1 {
      // The lowest free number is this one: those below are open by now.
      _ = open("/dev/null", flags)
    }
  }

  static func takesOutput(_ descriptor: Int32 = STDOUT_FILENO) -> Bool {
    let flags = fcntl(descriptor, F_GETFL)
    return flags != -1 && flags & O_ACCMODE != O_RDONLY
  }
}
