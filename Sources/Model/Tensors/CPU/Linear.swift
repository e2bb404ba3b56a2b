import Kernels

extension CPU {
  public func linear(
    _ x: Tensor, _ weight: Weight, activation: Activation = .identity, for use: Use = .sums
  ) -> Tensor {
    linear(x, [weight], activation: activation, for: use)[0]
  }

  public func linear(
    _ x: Tensor, _ weights: [Weight], activation: Activation = .identity, for use: Use = .sums
  ) -> [Tensor] {
    let rows = x.shape[0]
    let results = Tensor.together(weights.map { [rows, $0.outputs] }, type: type(for: use)).map {
      use == .products ? $0.inPanels(of: panelWidth(rows: rows, columns: $0.shape[1])) : $0
    }
    products(x, weights, into: use == .sums ? results : nil) { tile, sums, stride in
      finish(tile, sums, stride, weights[tile.weight], activation, into: results[tile.weight])
    }
    return results
  }

  public func gatedLinear(_ x: Tensor, gate: Weight, activation: Activation, _ weight: Weight) -> Tensor {
    let x = operand(x)
    let gates = linear(x, gate, activation: activation, for: .products)
    products(x, [weight]) { tile, sums, _ in
      let (rows, columns) = (tile.rows.count, tile.columns.count)
      loops.finish(sums, rows, columns, columns, tile.bias(weight), mv_identity)
      loops.multiply_into(
        sums, rows, columns, columns, tile.address(in: gates), gates.rowStride, isBFloat16(gates))
    }
    return gates
  }

  public func addLinear(_ y: Tensor, _ weight: Weight, to x: Tensor, gate: Tensor? = nil) {
    precondition(x.shape == [y.shape[0], weight.outputs])
    products(y, [weight]) { tile, sums, _ in
      let (rows, columns) = (tile.rows.count, tile.columns.count)
      loops.add_gated(
        x.f32 + tile.offset(stride: weight.outputs), weight.outputs, sums, rows, columns, tile.bias(weight),
        gate.map { $0.f32 + tile.columns.lowerBound })
    }
  }

  func isBFloat16(_ x: Tensor) -> Int32 { x.type == .bfloat16 ? 1 : 0 }

  private func finish(
    _ tile: ProductTile, _ sums: UnsafeMutablePointer<Float>, _ stride: Int, _ weight: Weight,
    _ activation: Activation, into result: Tensor
  ) {
    let (rows, columns) = (tile.rows.count, tile.columns.count)
    let (bias, target) = (tile.bias(weight), tile.address(in: result))
    if result.type == .bfloat16 {
      let halves = target.assumingMemoryBound(to: UInt16.self)
      return loops.finish_bf16(sums, rows, columns, stride, bias, activation.loop, halves, result.rowStride)
    }
    if bias != nil || activation != .identity { loops.finish(sums, rows, columns, stride, bias, activation.loop) }
    if UnsafeMutableRawPointer(sums) == target { return }
    for row in 0..<rows {
      (target + row * weight.outputs * 4).copyMemory(from: sums + row * stride, byteCount: columns * 4)
    }
  }
}

extension Activation {
  var loop: mv_activation {
    switch self {
    case .identity: mv_identity
    case .geluTanh: mv_gelu_tanh
    case .silu: mv_silu
    }
  }
}
