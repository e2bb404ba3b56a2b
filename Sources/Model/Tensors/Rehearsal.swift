/// Runs a piece of the model without its arithmetic, to learn what it needs: large tensors get addresses that nobody may
/// touch instead of memory, loops do not run, and the pool keeps its books as always.
///
///     let usage = try Rehearsal.run { try transformer(latents, timestep: 999, text: text) { false } }
///     usage.peakHeld      // bytes at the worst moment, as a render would have them
///     usage.operations    // multiplications and additions
///
/// What it finds is true for whatever the model's code does, and stays true when that code changes.
public enum Rehearsal {
  /// - Parameters:
  ///   - limit: as in ``MemoryPool/limit(to:)``.
  ///   - body: runs on this thread. The values of its tensors mean nothing.
  public static func run(limit: Int? = nil, _ body: () throws -> Void) rethrows -> MemoryPool.Usage {
    let pool = MemoryPool(isRehearsal: true, limit: limit)
    try MemoryPool.$rehearsed.withValue(pool) { try body() }
    return pool.usage
  }

  /// Whether one is on, on this thread.
  static var isOn: Bool { MemoryPool.rehearsed?.isRehearsal ?? false }

  /// What was asked for so far in the rehearsal that is on; 0 where none is.
  public static var operations: Double { MemoryPool.rehearsed?.usage.operations ?? 0 }

  /// Calls `body` with one piece after the other. In a rehearsal, where a piece of many needs what the one before it
  /// needed, only with the first two and the last: the work of the others counts as that of the second.
  public static func forEach<Pieces: RandomAccessCollection>(
    _ pieces: Pieces, _ body: (Pieces.Element) throws -> Void
  ) rethrows {
    guard isOn, !leavesNothingOut, pieces.count > 3, let last = pieces.last else { return try pieces.forEach(body) }
    var before = 0.0
    for piece in pieces.prefix(2) {
      before = operations
      try body(piece)
    }
    let more = Double(pieces.count - 3) * (operations - before)
    count(operations: more)
    try body(last)
  }

  /// For tests of whether pieces are alike.
  @TaskLocal static var leavesNothingOut = false

  /// Notes work that is not done now.
  static func count(operations: @autoclosure () -> Double) {
    if isOn { MemoryPool.rehearsed?.count(operations: operations()) }
  }
}

/// Memory that a library holds on our behalf, in the books as long as this object lives.
final class ForeignMemory {
  private let pool = MemoryPool.current
  private let byteCount: Int

  init(byteCount: Int) {
    self.byteCount = byteCount
    pool.count(foreign: byteCount)
  }

  deinit { pool.count(foreign: -byteCount) }
}
