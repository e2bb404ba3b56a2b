import Dispatch
import Foundation
import Synchronization

extension Ledger {
  /// Says that something changed, here or in another process; a burst of changes is said once, after
  /// ``LedgerWatch/pause``. Counts from the call on; the stream ends with the task that reads it.
  public func changes() -> AsyncStream<Void> {
    AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
      let watch = LedgerWatch(file) { continuation.yield() }
      continuation.onTermination = { _ in watch.stop() }
    }
  }
}

/// Watches the ledger's write-ahead log: every commit of every process is written there. Nothing wakes up while
/// nobody writes.
///
/// Unchecked: `source` is set in `init` and only cancelled afterwards, which Dispatch allows on any thread.
final class LedgerWatch: @unchecked Sendable {
  static let pause = DispatchTimeInterval.milliseconds(80)

  private let queue = DispatchQueue(label: "moviola.ledger.watch")
  private let log: String
  private let tell: @Sendable () -> Void
  private let isWaiting = Mutex(false)
  private var source: (any DispatchSourceProtocol)?

  init(_ file: URL, tell: @escaping @Sendable () -> Void) {
    log = file.lastPathComponent + "-wal"
    self.tell = tell
    let folder = file.deletingLastPathComponent().path(percentEncoded: false)
    if !watch(folder) { poll(folder + "/" + log) }
  }

  func stop() { source?.cancel() }

  /// By the folder, because the log itself comes and goes.
  private func watch(_ folder: String) -> Bool {
    let descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
    guard descriptor >= 0 else { return false }
    guard inotify_add_watch(descriptor, folder, UInt32(IN_MODIFY | IN_CREATE)) >= 0 else {
      close(descriptor)
      return false
    }
    let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
    source.setEventHandler { [weak self] in self?.readEvents(descriptor) }
    source.setCancelHandler { close(descriptor) }
    source.resume()
    self.source = source
    return true
  }

  private func readEvents(_ descriptor: Int32) {
    var isOurs = false
    withUnsafeTemporaryAllocation(byteCount: 16384, alignment: 8) { buffer in
      while case let count = read(descriptor, buffer.baseAddress, buffer.count), count > 0 {
        isOurs = Self.names(in: UnsafeRawBufferPointer(rebasing: buffer[..<count])).contains(log) || isOurs
      }
    }
    if isOurs { tellSoon() }
  }

  /// Each event is a header and the name of the file, padded with zeros.
  private static func names(in buffer: UnsafeRawBufferPointer) -> [String] {
    let header = MemoryLayout<inotify_event>.size
    var names: [String] = []
    var place = 0
    while place + header <= buffer.count {
      let length = Int(buffer.loadUnaligned(fromByteOffset: place, as: inotify_event.self).len)
      guard place + header + length <= buffer.count else { break }
      let name = buffer[(place + header)..<(place + header + length)].prefix { $0 != 0 }
      names.append(String(decoding: name, as: UTF8.self))
      place += header + length
    }
    return names
  }

  private func tellSoon() {
    let isFirst = isWaiting.withLock { waiting in
      defer { waiting = true }
      return !waiting
    }
    guard isFirst else { return }
    queue.asyncAfter(deadline: .now() + Self.pause) { [self] in
      isWaiting.withLock { $0 = false }
      tell()
    }
  }

  /// Where the kernel gives no more watches: look once a second.
  private func poll(_ path: String) {
    let timer = DispatchSource.makeTimerSource(queue: queue)
    let last = Mutex(Self.stamp(of: path))
    timer.setEventHandler { [weak self] in
      let now = Self.stamp(of: path)
      let isNew = last.withLock { last in
        defer { last = now }
        return last != now
      }
      if isNew { self?.tell() }
    }
    timer.schedule(deadline: .now() + 1, repeating: 1, leeway: .milliseconds(200))
    timer.resume()
    source = timer
  }

  private static func stamp(of path: String) -> [Int] {
    var status = stat()
    guard stat(path, &status) == 0 else { return [] }
    return [status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_size].map { Int($0) }
  }
}
