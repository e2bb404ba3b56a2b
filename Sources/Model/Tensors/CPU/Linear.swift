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
    products(x, weights, into: type(for: use) == .float32 ? results : nil) { tile, sums in
      finish(tile, sums, weights[tile.weight], activation, into: results[tile.weight])
    }
    return results
  }

  public func gatedLinear(_ x: Tensor, gate: Weight, activation: Activation, _ weight: Weight) -> Tensor {
    let x = operand(x)
    let gates = linear(x, gate, activation: activation, for: .products)
    products(x, [weight]) { tile, sums in
      let (rows, columns) = (tile.rows.count, tile.columns.count)
      loops.finish(
        sums.start, rows, columns, sums.stride, sums.bytes, tile.bias(weight), mv_identity, sums.start, sums.stride, 0)
      loops.multiply_into(
        sums.start, rows, columns, sums.stride, tile.address(in: gates), gates.rowStride, isBFloat16(gates))
    }
    return gates
  }

  public func addLinear(_ y: Tensor, _ weight: Weight, to x: Tensor, gate: Tensor? = nil) {
    precondition(x.shape == [y.shape[0], weight.outputs])
    products(y, [weight]) { tile, sums in
      loops.add_gated(
        x.f32 + tile.offset(stride: weight.outputs), weight.outputs, sums.start, tile.rows.count, tile.columns.count,
        sums.stride, sums.bytes, tile.bias(weight), gate.map { $0.f32 + tile.columns.lowerBound })
    }
  }

  func isBFloat16(_ x: Tensor) -> Int32 { x.type == .bfloat16 ? 1 : 0 }

  private func finish(
    _ tile: ProductTile, _ sums: TileSums, _ weight: Weight, _ activation: Activation, into result: Tensor
  ) {
    let (bias, target) = (tile.bias(weight), tile.address(in: result))
    let isThere = UnsafeMutableRawPointer(sums.start) == target
    if isThere && bias == nil && activation == .identity { return }
    loops.finish(
      sums.start, tile.rows.count, tile.columns.count, sums.stride, sums.bytes, bias, activation.loop, target,
      result.rowStride, isBFloat16(result))
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
