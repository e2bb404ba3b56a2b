import Kernels

extension Tensor {
  /// The same values as float32; itself when it is float32 already (and aligned: a tensor of a damaged or
  /// unusual file may start at any byte).
  public func asFloat32() -> Tensor {
    if panels != nil { return rowAfterRow().asFloat32() }
    if type == .float32 && Int(bitPattern: pointer) % 4 == 0 { return self }
    let result = Tensor(uninitialized: shape)
    if !Rehearsal.isOn { convert(into: result.f32) }
    return result
  }

  /// The values as an array of float32.
  public func floats() -> [Float] {
    if panels != nil { return rowAfterRow().floats() }
    return [Float](unsafeUninitializedCapacity: elementCount) { buffer, count in
      if let base = buffer.baseAddress { convert(into: base) }
      count = elementCount
    }
  }

  /// A copy of our own, for values that outlive the file they came from.
  public func copy() -> Tensor {
    if panels != nil { return rowAfterRow() }
    let result = Tensor(uninitialized: shape, type: type)
    if Rehearsal.isOn { return result }
    result.pointer.copyMemory(from: pointer, byteCount: byteCount)
    return result
  }

  /// Index of the first NaN or infinity; nil when all values are finite or integers.
  public func firstNonFinite() -> Int? {
    if panels != nil { return rowAfterRow().firstNonFinite() }
    defer { withExtendedLifetime(storage) {} }
    let count = elementCount
    if let format = type.blockFormat {
      let blocks = count / type.block.values
      let block = mv_first_nonfinite_block(format, pointer, blocks)
      return block < blocks ? block * type.block.values : nil
    }
    let index: Int
    switch type {
    case .float32: index = mv_first_nonfinite_f32(pointer, count)
    case .float16: index = mv_first_nonfinite_16(pointer, count, 0x7C00)
    case .bfloat16: index = mv_first_nonfinite_16(pointer, count, 0x7F80)
    case .float64: index = mv_first_nonfinite_f64(pointer, count)
    case .float8e4m3: index = mv_first_nan_f8e4m3(pointer, count)
    case .float8e5m2: index = mv_first_nonfinite_f8e5m2(pointer, count)
    default: return nil
    }
    return index < count ? index : nil
  }

  private func convert(into target: UnsafeMutablePointer<Float>) {
    defer { withExtendedLifetime(storage) {} }
    let count = elementCount
    if let format = type.blockFormat {
      return mv_expand_blocks(format, pointer, target, count / type.block.values)
    }
    switch type {
    case .float32: UnsafeMutableRawPointer(target).copyMemory(from: pointer, byteCount: byteCount)
    case .bfloat16: mv_bf16_to_f32(pointer, target, count)
    case .float16: mv_f16_to_f32(pointer, target, count)
    case .float64: mv_f64_to_f32(pointer, target, count)
    case .float8e4m3: mv_f8e4m3_to_f32(pointer, target, count)
    case .float8e5m2: mv_f8e5m2_to_f32(pointer, target, count)
    case .int64: fill(target, Int64.self)
    case .int32: fill(target, Int32.self)
    case .int16: fill(target, Int16.self)
    case .int8: fill(target, Int8.self)
    default: fill(target, UInt8.self)
    }
  }

  private func fill<T: BinaryInteger>(_ target: UnsafeMutablePointer<Float>, _: T.Type) {
    for index in 0..<elementCount {
      target[index] = Float(pointer.loadUnaligned(fromByteOffset: index * MemoryLayout<T>.size, as: T.self))
    }
  }
}
