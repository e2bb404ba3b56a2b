import COneDNN
import Kernels

extension CPU {
  /// Values up to so many are kept as they are packed: packing would be felt beside products of the few rows that models of
  /// such matrices have.
  private static let fewValues = 1 << 20

  /// How a product reads the weight: in bytes, if its rows are; else where it lies, in a copy that is kept as the budget
  /// allows, or as it is stored. Who multiplies does not depend on what is kept, so neither do the results.
  /// - Parameter packs: whether strips of it will be packed.
  func operand(_ weight: Weight, for rows: ProductRows, packs: Bool) -> WeightOperand {
    if rows.steps != nil { return .bytes(byteWeight(weight)) }
    let lying = lies(weight) ? WeightOperand.values(OrderedValues(tensor: weight.values, order: .rowsOfK)) : nil
    if let lying, !packs { return lying }
    if let expanded = weight.expanded { return .values(expanded) }
    if !packs || isSmall(weight) || isDear(weight), let kept = keep(weight) { return .values(kept) }
    return lying ?? (packs ? .stored(weight) : .values(expand(weight)))
  }

  public func holding(_ weights: [Weight], _ body: () -> Void) {
    let held = weights.filter { $0.expanded == nil && $0.bytes == nil }
    for weight in held {
      if multipliesBytes && mayMultiplyBytes(weight) {
        weight.bytes = byteWeight(weight)
      } else if isDear(weight) {
        weight.expanded = keep(weight) ?? expand(weight)
      }
    }
    body()
    // What the budget paid for stays.
    for weight in held where weight.budget == nil { (weight.expanded, weight.bytes) = (nil, nil) }
  }

  /// Whether it can be multiplied where it lies.
  func lies(_ weight: Weight) -> Bool {
    let aligned = Int(bitPattern: weight.values.pointer).isMultiple(of: multiplied.block.bytes)
    return weight.isPlain && weight.values.type == multiplied && aligned
  }

  /// Whether it costs something to make the type that is multiplied of it: float32 of halves comes for less than reading a
  /// copy.
  private func isDear(_ weight: Weight) -> Bool {
    !lies(weight) && !(lieAsHalves(weight) && multiplied == .float32)
  }

  private func lieAsHalves(_ weight: Weight) -> Bool {
    weight.isPlain && (weight.values.type == .bfloat16 || weight.values.type == .float16)
  }

  /// Whether a packed copy is no burden.
  func isSmall(_ weight: Weight) -> Bool {
    weight.values.elementCount <= Self.fewValues && keptOrder(dnnType, weight) == .ours
  }

  /// A copy that stays; nil if the budget has no room for it.
  private func keep(_ weight: Weight) -> OrderedValues? {
    guard budget.take(weight.values.elementCount * multiplied.block.bytes) else { return nil }
    let made = expand(weight)
    (weight.expanded, weight.budget) = (made, budget)
    return made
  }

  /// How what is made of the weight lies: packed, if any strip of it is packed so. (The library's order depends on how
  /// products are cut into strips.)
  private func keptOrder(_ type: mv_dnn_type, _ weight: Weight) -> OperandOrder {
    isOurs(type, k: weight.inputs, n: weight.outputs) ? .ours : .rowsOfK
  }

  private func expand(_ weight: Weight) -> OrderedValues {
    let result = OrderedValues(
      tensor: Tensor(uninitialized: weight.values.shape, type: multiplied), order: keptOrder(dnnType, weight))
    inParallel(weight.outputs, piece: Int(mv_product_columns)) { rows in
      measured(.conversion) {
        expand(weight, rows, result.order, into: result.tensor.address(row: rows.lowerBound, column: 0))
      }
    }
    return result
  }

  /// Some outputs of it in the type that is multiplied, in our order or row after row.
  func expand(_ weight: Weight, _ outputs: Range<Int>, _ order: OperandOrder, into target: UnsafeMutableRawPointer) {
    if order == .ours && lieAsHalves(weight), let pack = ownProducts?.pack_halves {
      let rows = weight.values.rows(outputs)
      return pack(
        rows.pointer, rows.byteCount / outputs.count, outputs.count, weight.inputs, isBFloat16(rows),
        target.assumingMemoryBound(to: Float.self))
    }
    let rows = inMultipliedType(weight.expandedRows(outputs))
    withExtendedLifetime(rows) {
      if order == .ours {
        pack(dnnType, weight.inputs, outputs.count, .rowsOfK, stride: weight.inputs, rows.pointer, into: target)
      } else {
        target.copyMemory(from: rows.pointer, byteCount: rows.byteCount)
      }
    }
  }

  func inMultipliedType(_ values: Tensor) -> Tensor {
    guard multiplied == .bfloat16 else { return values }
    let result = Tensor(uninitialized: values.shape, type: .bfloat16)
    withExtendedLifetime(values) { loops.to_bf16(values.f32, 1, values.elementCount, 0, result.bf16, 0) }
    return result
  }
}

extension CPU {
  /// The weight in bytes: made at its first use and kept as the budget allows. What does not stay is made anew for every
  /// product: that reads the weight once more, which is little beside a product with hundreds of rows.
  func byteWeight(_ weight: Weight) -> ByteWeight {
    if let bytes = weight.bytes { return bytes }
    let made = makeByteWeight(weight)
    if budget.take(made.byteCount) {
      weight.bytes = made
      weight.budget = budget
    }
    return made
  }

  private func makeByteWeight(_ weight: Weight) -> ByteWeight {
    let (outputs, inputs) = (weight.outputs, weight.inputs)
    let order = keptOrder(mv_dnn_u8s8, weight)
    let values = Tensor(uninitialized: [outputs, inputs], type: .int8)
    let steps = WeightSteps(count: outputs)
    inParallel(outputs, piece: Int(mv_product_columns)) { rows in
      measured(.conversion) {
        let (target, plain) = (values.i8 + rows.lowerBound * inputs, weight.floatingRows(rows))
        let bytes = order == .ours ? Tensor(uninitialized: [rows.count, inputs], type: .int8) : nil
        withExtendedLifetime(plain) {
          loops.to_weight_bytes(
            plain.pointer, rows.count, inputs, isBFloat16(plain), largestPair, bytes?.i8 ?? target,
            steps.steps.f32 + rows.lowerBound, steps.sums.f32 + rows.lowerBound)
        }
        if let bytes {
          pack(mv_dnn_u8s8, inputs, rows.count, .rowsOfK, stride: inputs, bytes.pointer, into: target)
        }
      }
    }
    return ByteWeight(values: OrderedValues(tensor: values, order: order), steps: steps)
  }
}
