import Synchronization

/// Where the time of a device goes: seconds of its threads and work, part by part.
///
///     let meter = Meter()
///     let cpu = CPU(precision: .fast, meter: meter)
///     …
///     meter.sums[.product]     // seconds summed over threads, operations counted as multiply-adds × 2
public final class Meter: Sendable {
  /// What a thread may be busy with.
  public enum Part: String, Sendable, CaseIterable {
    /// Products of activations with weights, and what is done to their results while they are in the cache.
    case product = "matrix products"
    case packing = "packing of weights"
    case productEnd = "bias, activation, residual"
    case scores = "attention: scores"
    case softmax = "attention: softmax"
    case mixing = "attention: values"
    case heads = "attention: norm, rotation, packing"
    case norm = "norms and modulation"
    case convolution = "convolutions"
    case convolutionEnd = "bias of convolutions"
    case picture = "norms and copies of pictures"
    case conversion = "conversions"
  }

  public struct Sum: Sendable, Hashable {
    public var seconds = 0.0
    public var operations = 0.0
  }

  private let guarded = Mutex<[Part: Sum]>([:])

  public init() {}

  public var sums: [Part: Sum] { guarded.withLock { $0 } }

  public func reset() { guarded.withLock { $0 = [:] } }

  func add(_ part: Part, seconds: Double, operations: Double) {
    guarded.withLock {
      $0[part, default: Sum()].seconds += seconds
      $0[part, default: Sum()].operations += operations
    }
  }
}

extension CPU {
  /// Runs a piece of work on this thread and enters it into the meter, if there is one.
  @inline(__always)
  func measured(_ part: Meter.Part, operations: Int = 0, _ body: () -> Void) {
    guard let meter else { return body() }
    let start = ContinuousClock.now
    body()
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    meter.add(part, seconds: Double(seconds) + Double(attoseconds) * 1e-18, operations: Double(operations))
  }
}
