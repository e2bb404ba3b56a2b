import Foundation
public import Synchronization

/// Recycles large buffers: a render takes the same few sizes over and over, and fresh pages from the kernel
/// cost more than many of the operations that fill them.
public final class MemoryPool: Sendable {
  public static let shared = MemoryPool()

  /// The pool of a rehearsal, where one is on.
  @TaskLocal static var rehearsed: MemoryPool?

  /// Where tensors that are made now get their memory.
  static var current: MemoryPool { rehearsed ?? shared }

  private struct State {
    var free: [Int: [UnsafeMutableRawPointer]] = [:]
    var usage = Usage()
    var limit: Int?
    /// See ``nowhere(_:)``: above what x86 and ARM processors let a program have, and below what they take for a sign.
    var nextNowhere = 1 << 54

    /// A free buffer of this size, or, for a large one, the smallest that is not much too large (an eighth for one that
    /// stays, else one and a half times as much): better than to hold both. Without a pointer, one that is still to be
    /// made.
    mutating func recycle(_ size: Int, stays: Bool) -> Buffer {
      func isFree(_ size: Int) -> Bool { free[size]?.isEmpty == false }
      var fit: Int? = isFree(size) ? size : nil
      if fit == nil, size >= MemoryPool.largeSize {
        let most = stays ? size / 8 * 9 : size / 2 * 5
        fit = free.keys.filter { $0 > size && $0 <= most && isFree($0) }.min()
      }
      guard let fit, let pointer = free[fit]?.popLast() else { return Buffer(pointer: nil, size: size) }
      usage.kept -= fit
      return Buffer(pointer: pointer, size: fit)
    }
  }
  /// Bytes, rounded up to size classes.
  public struct Usage: Sendable, Hashable {
    public var inUse = 0
    public var peak = 0
    /// Free but kept for the next tensor of that size.
    public var kept = 0
    /// The most that was in use and kept together: what the system saw.
    public var peakHeld = 0
    /// Multiplications and additions that were asked for; counted in rehearsals only.
    public var operations = 0.0

    mutating func mark() {
      peak = max(peak, inUse)
      peakHeld = max(peakHeld, inUse + kept)
    }
  }
  // The pointers in `free` belong to nobody else, so moving them between threads is safe.
  private struct Guarded: @unchecked Sendable { var state = State() }
  private let guarded = Mutex(Guarded())
  /// Whether there is nothing at the addresses of its large buffers.
  let isRehearsal: Bool

  init(isRehearsal: Bool = false, limit: Int? = nil) {
    self.isRehearsal = isRehearsal
    guarded.withLock { $0.state.limit = limit }
  }

  deinit { trim(toFree: .max) }

  public var usage: Usage { guarded.withLock { $0.state.usage } }

  /// Free buffers go back to the system rather than be kept beyond this many bytes in all; nil keeps them.
  public func limit(to bytes: Int?) { guarded.withLock { $0.state.limit = bytes } }

  /// Forgets the highest mark, so that a phase can be measured alone.
  public func resetPeak() {
    guarded.withLock { guarded in
      (guarded.state.usage.peak, guarded.state.usage.peakHeld) = (0, 0)
      guarded.state.usage.mark()
    }
  }

  /// Gives all free buffers back to the system, and what the allocator keeps in its heaps: between phases, when other
  /// sizes follow, and what was read of headers is gone.
  public func trim() {
    trim(toFree: .max)
    _ = Self.trimHeaps?(0)
  }

  /// malloc_trim, where the C library has one.
  private static let trimHeaps = dlsym(nil, "malloc_trim").map {
    unsafeBitCast($0, to: (@convention(c) (Int) -> CInt).self)
  }

  /// The largest first, until so many bytes are free.
  private func trim(toFree bytes: Int) {
    let idle = guarded.withLock { guarded in
      var idle: [Buffer] = []
      var left = bytes
      for size in guarded.state.free.keys.sorted(by: >) {
        while left > 0, let pointer = guarded.state.free[size]?.popLast() {
          idle.append(Buffer(pointer: pointer, size: size))
          left -= min(size, left)
          guarded.state.usage.kept -= size
        }
      }
      return idle
    }
    for buffer in idle { release(buffer) }
  }

  /// Bytes that somebody holds, of a size that may be larger than what was asked for.
  struct Piece {
    let pointer: UnsafeMutableRawPointer
    let size: Int
  }

  /// - Parameter stays: whether it is for long.
  func take(_ byteCount: Int, stays: Bool = false) -> Piece {
    let size = Self.sizeClass(byteCount)
    let (recycled, excess) = guarded.withLock { guarded in
      let found = guarded.state.recycle(size, stays: stays)
      guarded.state.usage.inUse += found.size
      let held = guarded.state.usage.inUse + guarded.state.usage.kept
      return (found, found.pointer == nil ? held - (guarded.state.limit ?? .max) : 0)
    }
    if excess > 0 { trim(toFree: excess) }
    guarded.withLock { $0.state.usage.mark() }
    return Piece(pointer: recycled.pointer ?? fresh(size), size: recycled.size)
  }

  func giveBack(_ piece: Piece) {
    let buffer = Buffer(pointer: piece.pointer, size: piece.size)
    guarded.withLock { guarded in
      guarded.state.usage.inUse -= buffer.size
      guarded.state.usage.kept += buffer.size
      if let pointer = buffer.pointer { guarded.state.free[buffer.size, default: []].append(pointer) }
    }
  }

  // A pointer that has exactly one holder at any time.
  private struct Buffer: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer?
    let size: Int
  }

  /// Memory that a library took for us, or gave back: it counts like ours.
  func count(foreign bytes: Int) {
    guarded.withLock { guarded in
      guarded.state.usage.inUse += bytes
      guarded.state.usage.mark()
    }
  }

  func count(operations: Double) { guarded.withLock { $0.state.usage.operations += operations } }

  /// From here on a buffer may stand for one that is smaller.
  private static let largeSize = 1 << 20

  /// From here on buffers are mapped pages of their own, which are gone when they are released: the allocator would
  /// keep them in its heap.
  private static let mappedSize = 128 << 10

  /// The system is asked to map buffers that hold such a page with pages of that size. Where it has none, nothing is lost.
  private static let hugePageSize = 2 << 20

  private func fresh(_ size: Int) -> UnsafeMutableRawPointer {
    if isRehearsal, size >= Self.largeSize { return nowhere(size) }
    guard size >= Self.mappedSize else { return .allocate(byteCount: size, alignment: 64) }
    let address = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let address, address != MAP_FAILED else { Self.refused(size, String(cString: strerror(errno))) }
    // Without them a product misses the table of pages more often than it misses the cache.
    if size >= Self.hugePageSize { madvise(address, size, Int32(MADV_HUGEPAGE)) }
    return address
  }

  /// Addresses of a rehearsal's own, where no processor lets a program have memory: a rehearsal of what is far too large
  /// for this machine succeeds under every limit, and to read or write there is a fault.
  private func nowhere(_ size: Int) -> UnsafeMutableRawPointer {
    let address = guarded.withLock { guarded in
      defer { guarded.state.nextNowhere += (size + 4095) / 4096 * 4096 }
      return guarded.state.nextNowhere
    }
    guard let pointer = UnsafeMutableRawPointer(bitPattern: address) else { preconditionFailure("it is not zero") }
    return pointer
  }

  /// In the middle of a layer, nothing can be thrown. The planner has kept to what was free; it was taken since, or
  /// something limits this process that it does not know of.
  private static func refused(_ size: Int, _ reason: String) -> Never {
    whenRefused.withLock(\.self)("the system refuses \((size + 1023) / 1024) KiB of memory: \(reason)")
  }

  /// Ends the process when the system refuses memory. The program puts its own way to end here, with its exit code and
  /// nothing left half done; without one, the sentence goes to standard error.
  public static let whenRefused = Mutex<@Sendable (_ sentence: String) -> Never> { sentence in
    FileHandle.standardError.write(Data("\(sentence)\n".utf8))
    exit(EXIT_FAILURE)
  }

  private func release(_ buffer: Buffer) {
    guard let pointer = buffer.pointer else { return }
    if isRehearsal, buffer.size >= Self.largeSize { return }
    if buffer.size >= Self.mappedSize { munmap(pointer, buffer.size) } else { free(pointer) }
  }

  /// Rounds up to an eighth of a power of two, above a mebibyte to a 64th, so that near sizes share buffers and little
  /// is lost.
  static func sizeClass(_ byteCount: Int) -> Int {
    guard byteCount > 1024 else { return 1024 }
    let parts = byteCount >= 1 << 20 ? 64 : 8
    let step = max(64, (1 << (Int.bitWidth - 1 - byteCount.leadingZeroBitCount)) / parts)
    return (byteCount + step - 1) / step * step
  }
}
