import ArgumentParser
import Tensors

/// `moviola bench`: how fast each part of the engine is on this machine, and how far from the limit that the machine's
/// own matrix products set in the same run.
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the engine on this machine.",
    discussion: """
      Weights are random, so that no model is needed. Rates count multiply-adds of matrix products and convolutions as \
      two operations and nothing else. The limit is the rate of the library's large matrix products alone, measured \
      just before and after each run with the same precision and threads; in `turbo` those are of bytes, and the work is \
      timed in `fast`, too. Shares and ratios are the medians of all runs. Run it on an otherwise idle machine, and \
      compare ratios only.
      """,
    subcommands: [
      KernelsBench.self, TransformerBench.self, VAEBench.self, TextBench.self, RenderBench.self, MemoryBench.self,
      StudioBench.self, TableBench.self,
    ])
}

/// What all benchmarks of the engine have in common.
struct BenchOptions: ParsableArguments {
  @Option(help: "reference, fast or turbo.")
  var precision: Precision = .fast

  @Option(help: "Threads; as many as cores if it is left out.")
  var threads: Int?

  @Option(help: "Measured runs: the fastest counts, and of ratios the median. Two more go before them.")
  var repeats = 5

  @Flag(help: "Time each run on one thread, too.")
  var scaling = false

  @Flag(help: "One JSON object as the last line, for programs.")
  var json = false

  func validate() throws {
    if let threads, !(1...256).contains(threads) { throw ValidationError("--threads is a number from 1 to 256.") }
    guard (1...100).contains(repeats) else { throw ValidationError("--repeats is a number from 1 to 100.") }
  }

  /// A processor without a meter, for the time; then one with it, for the parts.
  func device(meter: Meter? = nil) -> CPU { CPU(precision: precision, threads: threads, meter: meter) }
}
