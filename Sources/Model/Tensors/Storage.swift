import Foundation

/// A run of bytes that tensors share: either memory of our own, given back to the pool when the last tensor
/// goes, or memory that somebody else owns (a mapped file), kept alive meanwhile.
public final class Storage {
  public let pointer: UnsafeMutableRawPointer
  public let byteCount: Int
  private let owner: AnyObject?
  private let pooled: (pool: MemoryPool, piece: MemoryPool.Piece)?

  /// Fresh, uninitialised memory, aligned to 64 bytes.
  /// - Parameter stays: whether it is for long: a much larger buffer that is free would be wasted on it.
  public init(byteCount: Int, stays: Bool = false) {
    self.byteCount = byteCount
    let pool = MemoryPool.current
    let piece = pool.take(byteCount, stays: stays)
    pointer = piece.pointer
    pooled = (pool, piece)
    owner = nil
  }

  /// Memory of `owner`, which lives at least as long as this object. It is only ever read.
  public init(mapped pointer: UnsafeRawPointer, byteCount: Int, owner: AnyObject) {
    self.pointer = UnsafeMutableRawPointer(mutating: pointer)
    self.byteCount = byteCount
    self.owner = owner
    pooled = nil
  }

  /// Gives back the memory of whole pages in `range`, if they are a file's: they are read again when somebody asks.
  func releasePages(_ range: Range<Int>) {
    guard pooled == nil, !Rehearsal.isOn else { return }
    let (page, start) = (Int(getpagesize()), Int(bitPattern: pointer))
    let first = (start + range.lowerBound + page - 1) / page * page
    let end = (start + range.upperBound) / page * page
    if first < end { madvise(pointer + (first - start), end - first, Int32(MADV_DONTNEED)) }
  }

  deinit { if let pooled { pooled.pool.giveBack(pooled.piece) } }
}
