import Foundation
import Rendering

/// One program at a time opens a ledger. The kernel gives the lock back when its holder dies.
enum OpeningLock {
  static func hold<Value>(for file: URL, _ body: () throws -> Value) throws -> Value {
    let path = file.path(percentEncoded: false) + ".lock"
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw CocoaError(.fileWriteNoPermission, userInfo: [NSFilePathErrorKey: path, reasonKey: errnoText()])
    }
    defer { close(descriptor) }
    while flock(descriptor, LOCK_EX) != 0 {
      // A file system without locks: SQLite will say what it thinks of that.
      guard errno == EINTR else { break }
    }
    return try body()
  }

  static let reasonKey = "reason"

  private static func errnoText() -> String { String(cString: strerror(errno)) }
}
