import ArgumentParser
import Foundation
import Tensors

/// `moviola bench kernels`: the limits of the machine and each operation of the model by itself.
struct KernelsBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels", abstract: "Matrix products, convolutions and attention by themselves.")

  @OptionGroup var options: BenchOptions

  private struct Row: Encodable {
    var kernel: String
    var seconds: Double
    var gflops: Double
    /// Of the limit of its kind.
    var share: Double
  }

  private struct Line: Encodable {
    var work = "kernels"
    var precision: String
    var threads: Int
    var limitGflops: Double
    var convolutionGflops: Double
    var kernels: [Row]
    var peakRssBytes: Int
  }

  func run() throws {
    let cpu = options.device()
    let limits = (products: LimitKind.products.prepare(cpu), convolutions: LimitKind.convolutions.prepare(cpu))
    let rows = KernelCase.all.map { row($0, cpu, $0.limit == .products ? limits.products : limits.convolutions) }
    let (products, convolutions) = (
      limits.products.measure(seconds: 0.8), limits.convolutions.measure(seconds: 0.8)
    )
    Console.output(
      """
      kernels: \(options.precision.rawValue) (\(cpu.multipliedTypes) on \(cpu.mathLibrary), \(cpu.instructionSet)), \
      \(Units.count(cpu.threads, "thread"))
      \(String(format: "  limit of the library's matrix products  %.0f GFLOP/s", products / 1e9))
      \(String(format: "  limit of the library's convolutions     %.0f GFLOP/s", convolutions / 1e9))

      """)
    for row in rows {
      let rate = row.gflops > 0 ? String(format: "%.0f GFLOP/s, %.0f %%", row.gflops, 100 * row.share) : ""
      Console.output("  \(row.kernel): \(String(format: "%.2f ms", 1e3 * row.seconds)) \(rate)\n")
    }
    guard options.json else { return }
    let line = Line(
      precision: options.precision.rawValue, threads: cpu.threads, limitGflops: products / 1e9,
      convolutionGflops: convolutions / 1e9, kernels: rows, peakRssBytes: Measurement.peakBytes)
    Console.output(try BenchReport.json(line))
  }

  private func row(_ kernel: KernelCase, _ cpu: CPU, _ limit: RateLimit) -> Row {
    let body = kernel.prepare(cpu)
    body()
    let ruler = Ruler(limit, beside: Measurement.time(body))
    let turns = (0..<options.repeats).map { _ in ruler.time(body) }
    let seconds = turns.map(\.seconds).min() ?? 0
    return Row(
      kernel: kernel.name, seconds: seconds, gflops: kernel.operations / seconds / 1e9,
      share: Ruler.median(turns.map { kernel.operations / $0.seconds / $0.limit }) ?? 0)
  }
}

/// One operation on made-up values.
private struct KernelCase {
  let name: String
  let operations: Double
  /// What it is compared with.
  var limit = LimitKind.products
  /// Makes the operands, and gives what is measured.
  let prepare: (CPU) -> () -> Void

  static var all: [KernelCase] {
    [
      linear(2080, 1536, 1536), linear(2080, 8960, 1536), linear(2080, 1536, 8960), linear(512, 5120, 5120),
      attention(2080, 2080), attention(7800, 7800), attention(2080, 512), convolution(384, 30, 52),
      convolution(384, 60, 104), convolution(192, 120, 208), convolution(96, 240, 416),
    ] + rowwise
  }

  private static func linear(_ tokens: Int, _ outputs: Int, _ inputs: Int) -> KernelCase {
    KernelCase(
      name: "linear \(inputs) → \(outputs), \(tokens) tokens", operations: 2 * Double(tokens * outputs * inputs)
    ) { cpu in
      let x = CPU.noise([tokens, inputs])
      let weight = Weight(CPU.noise([outputs, inputs]), bias: Tensor.zeros([outputs]))
      weight.mayRound = true
      return { _ = cpu.linear(x, weight, activation: .identity, for: .products) }
    }
  }

  private static func attention(_ queries: Int, _ keys: Int) -> KernelCase {
    let heads = 12
    return KernelCase(
      name: "attention, \(queries) queries, \(keys) keys, 12 heads of 128",
      operations: 4 * Double(queries * keys * heads * 128)
    ) { cpu in
      let shape = HeadShape(heads: heads, mayRound: true)
      let (few, many) = (CPU.noise([queries, heads * 128]), CPU.noise([keys, heads * 128]))
      let (q, memory) = (cpu.queries(few, shape), cpu.memory(keys: many, values: many, shape))
      return { _ = cpu.attention(q, over: memory, scale: 0.1, bias: nil) }
    }
  }

  /// As the VAE's blocks convolve, over three frames.
  private static func convolution(_ channels: Int, _ height: Int, _ width: Int) -> KernelCase {
    KernelCase(
      name: "convolution 3 x 3 x 3, \(channels) → \(channels) channels, \(width)x\(height)",
      operations: 2 * 27 * Double(height * width * channels * channels), limit: .convolutions
    ) { cpu in
      let kernel = ConvolutionKernel(
        CPU.noise([channels, channels, 3, 3, 3]), bias: Tensor.zeros([channels]))
      let frames = (0..<3).map { _ in cpu.forConvolutions(FeatureMap(CPU.noise([height, width, channels]))) }
      return { _ = cpu.convolve(frames, kernel) }
    }
  }

  private static var rowwise: [KernelCase] {
    let (tokens, width) = (2080, 1536)
    return [
      KernelCase(name: "layer norm, \(tokens) x \(width)", operations: 0) { cpu in
        let (x, w) = (CPU.noise([tokens, width]), CPU.noise([width]))
        return { _ = cpu.layerNorm(x, weight: w, bias: w, epsilon: 1e-6, for: .products) }
      },
      KernelCase(name: "queries, \(tokens) x \(width)", operations: 0) { cpu in
        let (x, w) = (CPU.noise([tokens, width]), CPU.noise([width]))
        return { _ = cpu.queries(x, HeadShape(heads: 12, norm: (w, 1e-6), mayRound: true)) }
      },
      KernelCase(name: "keys and values, \(tokens) x \(width)", operations: 0) { cpu in
        let (x, w) = (CPU.noise([tokens, width]), CPU.noise([width]))
        return { _ = cpu.memory(keys: x, values: x, HeadShape(heads: 12, norm: (w, 1e-6), mayRound: true)) }
      },
    ]
  }
}
