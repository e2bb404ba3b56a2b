import Foundation
import Tensors

/// A file whose bytes are copied into the same memory, piece by piece: a disk that cannot read a block is an error here,
/// and a file that another program shortens is too.
final class FileReader {
  let byteCount: Int
  /// What was read last.
  let storage: Storage
  private let path: String
  private let descriptor: Int32
  private let status: stat

  /// - Parameter capacity: bytes of the largest piece.
  /// - Throws: ``CheckpointError`` if there is no such file, it is not a regular one, or it cannot be read.
  init(path: String, capacity: Int) throws(CheckpointError) {
    self.path = path
    storage = Storage(byteCount: capacity)
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    var status = stat()
    let problem: CheckpointError? =
      if descriptor < 0 || fstat(descriptor, &status) != 0 {
        .opening(path)
      } else if status.st_mode & S_IFMT != S_IFREG {
        CheckpointError(.notARegularFile, path: path)
      } else {
        nil
      }
    self.status = status
    byteCount = Int(status.st_size)
    if let problem { throw problem }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  func willBeReadInOrder() { posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL) }

  /// Has the disk bring these bytes, all of them at once, and nothing beside them.
  func willBeRead(_ ranges: [Range<Int>]) {
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_RANDOM)
    for range in ranges {
      posix_fadvise(descriptor, off_t(range.lowerBound), off_t(range.count), POSIX_FADV_WILLNEED)
    }
  }

  /// - Parameter range: bytes of the file, not more than the capacity.
  /// - Returns: the bytes, which are overwritten by the next call.
  func read(_ range: Range<Int>) throws(CheckpointError) -> UnsafeRawBufferPointer {
    var done = 0
    while done < range.count {
      let got = pread(descriptor, storage.pointer + done, range.count - done, off_t(range.lowerBound + done))
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else {
        let reason = "\(String(cString: strerror(errno))) at byte \(range.lowerBound + done)"
        throw CheckpointError(.unreadable(reason: reason), path: path)
      }
      guard got > 0 else {
        throw CheckpointError(.truncated(byteCount: range.lowerBound + done, needed: byteCount), path: path)
      }
      done += got
    }
    return UnsafeRawBufferPointer(start: storage.pointer, count: range.count)
  }
}

extension FileReader {
  /// Which file it is and when it was last changed, in whatever way.
  struct Stamp: Hashable, Sendable, CustomStringConvertible {
    var device: UInt64
    var inode: UInt64
    var bytes: Int
    /// Nanoseconds since 1970.
    var changed: Int

    var description: String { "\(device) \(inode) \(bytes) \(changed)" }
  }

  /// As it was opened.
  var stamp: Stamp {
    Stamp(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino), bytes: byteCount,
      changed: Int(status.st_ctim.tv_sec) &* 1_000_000_000 &+ Int(status.st_ctim.tv_nsec))
  }

  /// Whether it was changed so long ago that a change since must have another date: clocks of file systems tick every
  /// few milliseconds, some every two seconds.
  var isSettled: Bool { time(nil) - status.st_ctim.tv_sec > 3 }
}
