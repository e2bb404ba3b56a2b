import Testing

@testable import Tensors

/// What lies in panels is what lies row after row. Sums are made in another order, after which a bfloat16 in a hundred
/// or so is rounded the other way: 1e-3 is generous for that, and far below what a wrong place gives.
@Suite(.enabled(if: CPU.canMultiplyHalves)) struct PanelsTests {
  private let plain = CPU(precision: .fast, multiplied: .bfloat16, panels: false)
  private let panels = CPU(precision: .fast, multiplied: .bfloat16, panels: true)

  private func relativeDifference(_ a: [Float], _ b: [Float]) -> Double { relativeError(a, b.map(Double.init)) }

  @Test(arguments: [(1536, nil), (1537, nil), (1792, 256), (2048, 1024), (8960, 1280), (13824, 1536)] as [(Int, Int?)])
  func panelsAreWholeStrips(_ columns: Int, _ width: Int?) {
    #expect(panels.panelWidth(rows: 64, columns: columns) == width)
    #expect(panels.panelWidth(rows: 63, columns: columns) == nil)
    #expect(plain.panelWidth(rows: 64, columns: columns) == nil)
  }

  /// Few rows, rows for which strips are packed, and widths that are no multiples of anything.
  @Test(arguments: [70, 300, 900]) func productsAreTheSame(_ rows: Int) {
    let x = CPU.noise([rows, 1792])
    let (expand, other) = (Weight(CPU.noise([2048, 1792]), bias: CPU.noise([2048])), Weight(CPU.noise([2048, 1792])))
    let contract = Weight(CPU.noise([130, 2048]), bias: CPU.noise([130]))
    let narrow = Weight(CPU.noise([64, 1792]))
    func results(_ cpu: CPU) -> [[Float]] {
      let hidden = cpu.linear(x, [expand, narrow], activation: .geluTanh, for: .products)
      let gated = cpu.gatedLinear(x, gate: expand, activation: .silu, other)
      #expect((hidden[0].panels != nil) == cpu.usesPanels && (gated.panels != nil) == cpu.usesPanels)
      var sums = [cpu.linear(gated, contract)]
      sums.append(CPU.noise([rows, 130]))
      cpu.addLinear(hidden[0], contract, to: sums[1], gate: CPU.noise([130]))
      // Some of the rows.
      sums.append(CPU.noise([30, 130]))
      cpu.addLinear(hidden[0].rows(20..<50), contract, to: sums[2], gate: nil)
      return (hidden + [gated, hidden[0].rows(20..<50)] + sums).map { $0.floats() }
    }
    for (a, b) in zip(results(panels), results(plain)) { #expect(relativeDifference(a, b) < 1e-3) }
  }

  @Test func normsAndAttentionAreTheSame() {
    let (x, weight) = (CPU.noise([70, 2048]), CPU.noise([2048]))
    for use in [Use.sums, .products] {
      func norms(_ cpu: CPU) -> [Tensor] {
        [
          cpu.rmsNorm(x, weight: weight, epsilon: 1e-6, for: use),
          cpu.layerNorm(x, weight: weight, bias: weight, epsilon: 1e-6, for: use),
        ]
      }
      #expect(norms(panels).map { $0.floats() } == norms(plain).map { $0.floats() })
      #expect(norms(panels).allSatisfy { ($0.panels != nil) == (use == .products) })
    }
    // Heads of which a panel has a whole number, and others.
    for (heads, size) in [(16, 128), (32, 56)] {
      let x = CPU.noise([70, heads * size])
      let shape = HeadShape(heads: heads)
      func attention(_ cpu: CPU) -> Tensor {
        cpu.attention(cpu.queries(x, shape), over: cpu.memory(keys: x, values: x, shape), scale: 0.1)
      }
      #expect(attention(panels).floats() == attention(plain).floats())
      #expect((attention(panels).panels != nil) == (size == 128))
    }
  }

  /// Whether rows come in panels, go to panels, or both. Sums of a panel are exact; the library adds them in float32,
  /// which rounds large ones, as these are.
  @Test(arguments: [2048, 4096, 3328]) func bytesAreTheSame(_ columns: Int) {
    let positive = Tensor(CPU.noise([40, columns]).floats().map(abs), shape: [40, columns])
    let (x, weight) = (CPU.noise([70, columns]), Weight(positive))
    weight.mayRound = true
    func result(panels: Bool) -> [Float] {
      let cpu = CPU(precision: .turbo, multiplied: .bfloat16, panels: panels)
      return cpu.linear(cpu.rmsNorm(x, weight: CPU.noise([columns]), epsilon: 1e-6, for: .products), weight).floats()
    }
    let difference = relativeDifference(result(panels: true), result(panels: false))
    let isOnePanel = panels.panelWidth(rows: 70, columns: columns, bytes: 1) == nil
    #expect(
      !CPU(precision: .turbo, multiplied: .bfloat16).multipliesBytes
        ? difference < 1e-3 : isOnePanel ? difference == 0 : difference < 1e-5)
  }
}
