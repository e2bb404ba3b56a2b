import Foundation
import Synchronization

/// A file mapped read-only into memory; unmapped when the last reference goes.
///
/// Pages are read from disk when they are first touched and may be dropped by the kernel at any time: a mapping
/// costs no memory of its own. A file that another program shortens meanwhile makes reading it fatal (SIGBUS): that
/// is the price of mapping, and the reason why downloads are renamed into place when complete.
public final class MappedFile: @unchecked Sendable {  // safe: nothing changes after init, the pages are read-only
  public let path: String
  public let byteCount: Int
  /// The mapped bytes; nil if the file is empty.
  public let address: UnsafeRawPointer?

  /// - Throws: ``CheckpointError`` if there is no such file, it is not a regular one, or it cannot be read.
  public init(path: String) throws(CheckpointError) {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .opening(path) }
    defer { close(descriptor) }
    byteCount = try Self.size(of: descriptor, path)
    address = try Self.map(descriptor, byteCount, path)
  }

  /// As many zeros in place of the bytes of `file`, which take no memory: where sizes count and values do not.
  init(hollow file: MappedFile) throws(CheckpointError) {
    (path, byteCount) = (file.path, file.byteCount)
    guard byteCount > 0 else {
      address = nil
      return
    }
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | Int32(MAP_NORESERVE)
    guard let zeros = mmap(nil, byteCount, PROT_READ, flags, -1, 0), zeros != MAP_FAILED else {
      throw .opening(path)
    }
    address = UnsafeRawPointer(zeros)
  }

  deinit {
    if let address { munmap(UnsafeMutableRawPointer(mutating: address), byteCount) }
  }

  private static func size(of descriptor: Int32, _ path: String) throws(CheckpointError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .opening(path) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw CheckpointError(.notARegularFile, path: path) }
    return Int(status.st_size)
  }

  private static func map(_ descriptor: Int32, _ count: Int, _ path: String) throws(CheckpointError)
    -> UnsafeRawPointer?
  {
    guard count > 0 else { return nil }
    guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
      throw .opening(path)
    }
    return UnsafeRawPointer(address)
  }

  /// All bytes. Valid while this object lives.
  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: address, count: byteCount) }

  /// A copy of the whole file, if it has at most `limit` bytes; `part` names it in the error.
  public func contents(limit: Int, part: String) throws(CheckpointError) -> [UInt8] {
    guard byteCount <= limit else {
      throw CheckpointError(.tooLarge(part: part, byteCount: byteCount, limit: limit), path: path)
    }
    return withExtendedLifetime(self) { [UInt8](bytes) }
  }

  /// What the kernel may do with a range of pages.
  public enum Advice: Sendable {
    /// Read them ahead, they are needed soon.
    case willNeed
    /// Drop them, they are not needed for a while.
    case dontNeed
    case sequential
  }

  /// Passes advice on the pages that hold `range` (bytes of the file); ranges outside the file are cut to it.
  /// Advice that the kernel refuses changes nothing but speed, and is ignored.
  public func advise(_ advice: Advice, _ range: Range<Int>) { advise(code: advice.code, range) }

  /// - Returns: whether the kernel took it.
  @discardableResult
  private func advise(code: Int32, _ range: Range<Int>) -> Bool {
    guard let address else { return false }
    let page = Int(getpagesize())
    let inside = range.clamped(to: 0..<byteCount)
    let start = inside.lowerBound / page * page
    guard !inside.isEmpty else { return false }
    return madvise(UnsafeMutableRawPointer(mutating: address + start), inside.upperBound - start, code) == 0
  }
}

extension MappedFile {
  /// Reads the pages that hold `range` and returns when they are in memory.
  public func populate(_ range: Range<Int>) {
    guard let address else { return }
    advise(.willNeed, range)
    let inside = range.clamped(to: 0..<byteCount)
    guard !inside.isEmpty, !advise(code: Self.populateRead, inside) else { return }
    // A kernel before 5.14 has no call for it: one byte of each page.
    var sum: UInt8 = 0
    for offset in stride(from: inside.lowerBound, to: inside.upperBound, by: 4096) {
      sum &+= address.load(fromByteOffset: offset, as: UInt8.self)
    }
    Self.touched.store(sum, ordering: .relaxed)
  }

  /// `MADV_POPULATE_READ`, which not every header has.
  private static let populateRead: Int32 = 22
  /// So that reading has a purpose that the compiler sees.
  private static let touched = Atomic<UInt8>(0)

  /// Lets the system's page cache forget `range`. A file that cannot be opened again stays in it.
  func dropFromCache(_ range: Range<Int>) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    posix_fadvise(descriptor, off_t(range.lowerBound), off_t(range.count), Int32(POSIX_FADV_DONTNEED))
  }
}

extension MappedFile.Advice {
  fileprivate var code: Int32 {
    switch self {
    case .willNeed: Int32(MADV_WILLNEED)
    case .dontNeed: Int32(MADV_DONTNEED)
    case .sequential: Int32(MADV_SEQUENTIAL)
    }
  }
}

extension CheckpointError {
  /// Why the system did not give a file, by its last error.
  static func opening(_ path: String) -> CheckpointError {
    let code = errno
    let reason = String(cString: strerror(code))
    let cause: Cause =
      switch code {
      case ENOENT, ENOTDIR: .notFound
      case ENOMEM, EMFILE, ENFILE, EAGAIN: .noResources(reason: reason)
      default: .unreadable(reason: reason)
      }
    return CheckpointError(cause, path: path)
  }
}
