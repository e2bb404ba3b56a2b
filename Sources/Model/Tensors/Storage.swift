/// A run of bytes that tensors share: either memory of our own, given back to the pool when the last tensor
/// goes, or memory that somebody else owns (a mapped file), kept alive meanwhile.
public final class Storage {
  public let pointer: UnsafeMutableRawPointer
  public let byteCount: Int
  private let owner: AnyObject?
  private let pooled: (pool: MemoryPool, piece: MemoryPool.Piece)?

  /// Fresh, uninitialised memory, aligned to 64 bytes.
  public init(byteCount: Int) {
    self.byteCount = byteCount
    let pool = MemoryPool.current
    let piece = pool.take(byteCount)
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

  deinit { if let pooled { pooled.pool.giveBack(pooled.piece) } }
}
