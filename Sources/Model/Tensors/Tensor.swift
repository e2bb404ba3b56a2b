import Foundation
import Kernels

/// Numbers in row-major order: a shape, a type, and a place in a storage that it may share.
///
///     let x = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
///     x.elementCount   // 6
///     x.floats()       // [1, 2, 3, 4, 5, 6]
///
/// Not Sendable: tensors stay on the thread of the engine that made them.
public struct Tensor {
  public let shape: [Int]
  public let type: ElementType
  public let storage: Storage
  public let byteOffset: Int
  /// nil: row after row.
  let panels: Panels?

  /// A view of `storage`. The caller has checked that the values lie inside it.
  public init(shape: [Int], type: ElementType, storage: Storage, byteOffset: Int = 0) {
    self.init(shape: shape, type: type, storage: storage, byteOffset: byteOffset, panels: nil)
  }

  init(shape: [Int], type: ElementType, storage: Storage, byteOffset: Int, panels: Panels?) {
    self.panels = panels
    self.shape = shape
    self.type = type
    self.storage = storage
    self.byteOffset = byteOffset
    precondition(
      byteOffset >= 0 && byteOffset + byteCount <= storage.byteCount, "a tensor lies inside its storage")
  }

  /// Uninitialised memory of our own.
  /// - Parameter stays: whether it will be kept for long.
  public init(uninitialized shape: [Int], type: ElementType = .float32, stays: Bool = false) {
    let count = type.byteCount(of: shape)
    precondition(count != nil, "a shape is a whole number of blocks, and its size does not overflow")
    self.init(shape: shape, type: type, storage: Storage(byteCount: count ?? 0, stays: stays))
  }

  /// Uninitialised tensors in one storage, each aligned as one of its own would be.
  static func together(_ shapes: [[Int]], type: ElementType) -> [Tensor] {
    let sizes = shapes.map { shape in
      let count = type.byteCount(of: shape)
      precondition(count != nil, "a shape is a whole number of blocks, and its size does not overflow")
      return ((count ?? 0) + 63) / 64 * 64
    }
    let storage = Storage(byteCount: sizes.reduce(0, +))
    var offset = 0
    return zip(shapes, sizes).map { shape, size in
      defer { offset += size }
      return Tensor(shape: shape, type: type, storage: storage, byteOffset: offset)
    }
  }

  public init(_ values: [Float], shape: [Int]) {
    precondition(values.count == shape.reduce(1, *), "as many values as the shape says")
    self.init(uninitialized: shape)
    values.withUnsafeBytes {
      pointer.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(pointer), byteCount: $0.count)
    }
  }

  public static func zeros(_ shape: [Int], type: ElementType = .float32) -> Tensor {
    let tensor = Tensor(uninitialized: shape, type: type)
    if Rehearsal.isOn { return tensor }
    tensor.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: tensor.byteCount)
    return tensor
  }

  public var elementCount: Int { shape.reduce(1, *) }
  public var byteCount: Int { elementCount / type.block.values * type.block.bytes }

  /// The first byte. Valid while this tensor (or another of the same storage) lives.
  var pointer: UnsafeMutableRawPointer { storage.pointer + byteOffset }

  /// The values of a float32 tensor in place.
  var f32: UnsafeMutablePointer<Float> {
    precondition(type == .float32 && panels == nil)
    return pointer.assumingMemoryBound(to: Float.self)
  }

  var bf16: UnsafeMutablePointer<UInt16> {
    precondition(type == .bfloat16)
    return pointer.assumingMemoryBound(to: UInt16.self)
  }

  var i8: UnsafeMutablePointer<Int8> {
    precondition(type == .int8)
    return pointer.assumingMemoryBound(to: Int8.self)
  }

  var u8: UnsafeMutablePointer<UInt8> {
    precondition(type == .uint8)
    return pointer.assumingMemoryBound(to: UInt8.self)
  }

  var i32: UnsafeMutablePointer<Int32> {
    precondition(type == .int32)
    return pointer.assumingMemoryBound(to: Int32.self)
  }

  public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeRawBufferPointer(start: pointer, count: byteCount))
  }

  /// The values of a float32 tensor, read in place.
  public func withFloats<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows -> R {
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeBufferPointer(start: f32, count: elementCount))
  }

  /// The values of a float32 tensor, changed in place. Every tensor that shares the storage sees it. In a rehearsal
  /// nothing is changed, and `body` is not called.
  public func withMutableFloats(_ body: (UnsafeMutableBufferPointer<Float>) throws -> Void) rethrows {
    if Rehearsal.isOn { return }
    defer { withExtendedLifetime(storage) {} }
    try body(UnsafeMutableBufferPointer(start: f32, count: elementCount))
  }

  /// How many rows at the end of a matrix are the last one again, bit by bit; that one counts. 1 in a rehearsal, where values
  /// mean nothing.
  public var equalRowsAtEnd: Int {
    let (count, size) = (shape[0], byteCount / max(shape[0], 1))
    if count == 0 || Rehearsal.isOn { return min(count, 1) }
    defer { withExtendedLifetime(storage) {} }
    let last = pointer + (count - 1) * size
    let different = (0..<count - 1).last { memcmp(pointer + $0 * size, last, size) != 0 }
    return count - 1 - (different ?? -1)
  }

  /// The same values under another shape.
  public func reshaped(_ shape: [Int]) -> Tensor {
    precondition(shape.reduce(1, *) == elementCount, "reshaping keeps the number of values")
    precondition(panels == nil, "panels have one shape")
    return Tensor(shape: shape, type: type, storage: storage, byteOffset: byteOffset)
  }

  /// Rows `range` along the first dimension, sharing the storage. A row of a quantised tensor is a whole number of
  /// blocks.
  public func rows(_ range: Range<Int>) -> Tensor {
    let row = panels.map { $0.width * type.block.bytes } ?? byteCount / max(shape[0], 1)
    precondition(row.isMultiple(of: type.block.bytes), "rows are whole blocks")
    return Tensor(
      shape: [range.count] + shape.dropFirst(), type: type, storage: storage,
      byteOffset: byteOffset + range.lowerBound * row, panels: panels)
  }
}
