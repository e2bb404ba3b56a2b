import Foundation
import Synchronization

/// Recycles large buffers: a render takes the same few sizes over and over, and fresh pages from the kernel
/// cost more than many of the operations that fill them.
public final class MemoryPool: Sendable {
  public static let shared = MemoryPool()

  private struct State {
    var free: [Int: [UnsafeMutableRawPointer]] = [:]
    var usage = Usage()
  }
  /// Bytes, rounded up to size classes.
  public struct Usage: Sendable, Hashable {
    public var inUse = 0
    public var peak = 0
    /// Free but kept for the next tensor of that size.
    public var kept = 0
  }
  // The pointers in `free` belong to nobody else, so moving them between threads is safe.
  private struct Guarded: @unchecked Sendable { var state = State() }
  private let guarded = Mutex(Guarded())

  public var usage: Usage { guarded.withLock { $0.state.usage } }

  /// Forgets the highest mark, so that a phase can be measured alone.
  public func resetPeak() {
    guarded.withLock { $0.state.usage.peak = $0.state.usage.inUse }
  }

  /// Gives all free buffers back to the system: between phases, when other sizes follow.
  public func trim() {
    let all = guarded.withLock { guarded in
      defer {
        guarded.state.free = [:]
        guarded.state.usage.kept = 0
      }
      return Guarded(state: guarded.state)
    }
    for pointer in all.state.free.values.joined() { free(pointer) }
  }

  func take(_ byteCount: Int) -> UnsafeMutableRawPointer {
    let size = Self.sizeClass(byteCount)
    let recycled = guarded.withLock { guarded in
      guarded.state.usage.inUse += size
      guarded.state.usage.peak = max(guarded.state.usage.peak, guarded.state.usage.inUse)
      let pointer = guarded.state.free[size]?.popLast()
      if pointer != nil { guarded.state.usage.kept -= size }
      return Recycled(pointer: pointer)
    }
    return recycled.pointer ?? UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
  }

  func giveBack(_ pointer: UnsafeMutableRawPointer, _ byteCount: Int) {
    let size = Self.sizeClass(byteCount)
    let recycled = Recycled(pointer: pointer)
    guarded.withLock { guarded in
      guarded.state.usage.inUse -= size
      guarded.state.usage.kept += size
      if let pointer = recycled.pointer { guarded.state.free[size, default: []].append(pointer) }
    }
  }

  // A pointer that has exactly one holder at any time.
  private struct Recycled: @unchecked Sendable { let pointer: UnsafeMutableRawPointer? }

  /// Rounds up to an eighth of a power of two, so that near sizes share buffers and at most 1/8 is lost.
  static func sizeClass(_ byteCount: Int) -> Int {
    guard byteCount > 1024 else { return 1024 }
    let step = max(64, (1 << (Int.bitWidth - 1 - byteCount.leadingZeroBitCount)) / 8)
    return (byteCount + step - 1) / step * step
  }
}
