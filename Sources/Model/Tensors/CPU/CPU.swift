import COpenBLAS
import Foundation
import Kernels

/// The processor: our loops in the best instruction set it has, matrix products by OpenBLAS or oneDNN, and
/// all cores under one owner, so that the libraries' own pools stay out of the way.
///
///     let cpu = CPU(precision: .fast)
///     let y = cpu.linear(x, weight, activation: .geluTanh, for: .products)
///
/// How the work is cut never depends on the number of cores, so neither do the results, in any precision.
public final class CPU: Device {
  public let precision: Precision
  /// The type in which matrices are multiplied.
  public let multiplied: ElementType
  /// Whether weights that may be rounded are multiplied as bytes.
  public let multipliesBytes: Bool
  public let threads: Int
  let loops: mv_loops
  /// Whether products go to OpenBLAS; oneDNN does them too where that is not installed.
  let usesOpenBLAS: Bool
  /// Whether long rows for products lie in panels: AMX multiplies faster than the third-level cache gives.
  let usesPanels: Bool
  /// What multiplies packed operands, where that is faster than the library.
  let ownProducts: mv_products?
  /// Whether that is AMX.
  let usesTiles: Bool
  /// What the sizes of two neighbours among the bytes of weights, keys and values may add up to: sums never overflow then.
  let largestPair: Int32
  let budget: ExpansionBudget
  public let keepsWeights: Bool
  public let meter: Meter?

  /// - Parameters:
  ///   - multiplied: overrides the choice that `precision` makes, unless the library cannot multiply that; for tests.
  ///   - threads: how many at a time; nil for one on each core.
  ///   - keptBytes: how many bytes of weights, expanded from the type of their file, may stay in memory.
  ///   - panels: overrides the choice that the processor makes; for tests on any machine.
  ///   - ownProducts: false leaves products to the library where we would make them; for tests.
  ///   - instructionSet: overrides the choice of our loops; for tests.
  ///   - meter: hears how long each part takes.
  public init(
    precision: Precision, multiplied: ElementType? = nil, threads: Int? = nil, keptBytes: Int = 1 << 30,
    panels: Bool? = nil, ownProducts: Bool = true, instructionSet: String? = nil, meter: Meter? = nil
  ) {
    self.precision = precision
    let wanted = multiplied ?? Self.nativeType(for: precision)
    self.multiplied = wanted == .bfloat16 && !Self.canMultiplyHalves ? .float32 : wanted
    self.threads = max(1, threads ?? mv_core_count())
    self.meter = meter
    loops = Self.chosenLoops(instructionSet)
    (budget, keepsWeights) = (ExpansionBudget(bytes: keptBytes), keptBytes > 0)
    usesPanels = self.multiplied == .bfloat16 && (panels ?? MathLibraries.hasAMX)
    let multipliesHalves = self.multiplied == .bfloat16
    usesTiles = ownProducts && multipliesHalves && Self.hasTiles && instructionSet == nil
    let products = multipliesHalves ? loops.half_products : loops.products
    self.ownProducts =
      !ownProducts || precision == .reference ? nil : usesTiles ? Self.productsOnTiles : products?.pointee
    largestPair = self.ownProducts?.largest_pair ?? Self.anyBytes
    multipliesBytes =
      precision == .turbo && (largestPair < Self.anyBytes ? Self.hasSmallByteProducts : Self.hasByteProducts)
    usesOpenBLAS = precision == .reference && mv_blas_load() != 0
  }

  /// The instruction set of our own loops: "avx512bf16", "avx512vnni", "avx512", "avx2" or "plain".
  public var instructionSet: String { String(cString: loops.name) }
  /// Which library multiplies, and the kernels that it took if it says so; and whether we do, too.
  public var mathLibrary: String {
    if usesOpenBLAS { return "OpenBLAS \(String(cString: mv_blas_core()))" }
    if ownProducts == nil { return "oneDNN" }
    return usesTiles ? "oneDNN and our AMX tiles" : "oneDNN and our loops"
  }

  /// What matrices are multiplied in: "bfloat16", or "int8 and bfloat16".
  public var multipliedTypes: String { (multipliesBytes ? "int8 and " : "") + multiplied.rawValue }

  /// `MOVIOLA_FAST_TYPE` (bfloat16 or float32) overrides the choice, for tests of either; what the library cannot multiply
  /// is not obeyed.
  private static func nativeType(for precision: Precision) -> ElementType {
    switch precision {
    case .reference: return .float32
    case .fast, .turbo:
      let environment = ProcessInfo.processInfo.environment
      if let forced = environment["MOVIOLA_FAST_TYPE"].flatMap(ElementType.init),
        forced == .bfloat16 || forced == .float32
      {
        return forced
      }
      let mayBeHalves = forcedInstructionSet == nil || chosenLoops(nil).half_products != nil
      return hasHalfProducts && mayBeHalves ? .bfloat16 : .float32
    }
  }

  static let anyBytes = Int32(MV_ANY_BYTES)

  private static let productsOnTiles = mv_products(
    is_bf16: 1, largest_pair: anyBytes, columns: Int(mv_product_columns), multiply: mv_multiply_tiles, pack_halves: nil,
    score: mv_score_on_tiles, mix: mv_mix_on_tiles)

  /// Whether the processor has AMX, and neither the system nor a setting keeps us or the library from it.
  static let hasTiles = MathLibraries.hasAMX && mv_has_tiles() != 0 && forcedInstructionSet == nil

  private static var forcedInstructionSet: String? { ProcessInfo.processInfo.environment["MOVIOLA_ISA"] }

  /// `MOVIOLA_ISA` may name a lesser instruction set than the best; one that the CPU lacks is not obeyed.
  private static func chosenLoops(_ name: String?) -> mv_loops {
    if let name = name ?? forcedInstructionSet, let forced = mv_loops_for(name) { return forced.pointee }
    return mv_loops_for(nil).pointee
  }
}

extension CPU {
  /// Runs `body(0) … body(count − 1)` on all threads and returns when all are done. The pieces write to different
  /// places and only read what they share, which is why the closure may cross threads.
  ///
  /// In a rehearsal nothing runs.
  func inParallel(_ count: Int, _ body: (Int) -> Void) {
    if Rehearsal.isOn { return }
    if count == 1 { return body(0) }
    withoutActuallyEscaping(body) { body in
      var work = body
      withUnsafeMutablePointer(to: &work) { pointer in
        mv_run(count, threads, { $0!.assumingMemoryBound(to: ((Int) -> Void).self).pointee(Int($1)) }, pointer)
      }
    }
  }

  /// Cuts `count` things into pieces of `size` (the last may be shorter) and runs them on all threads.
  func inParallel(_ count: Int, piece size: Int, _ body: (Range<Int>) -> Void) {
    inParallel((count + size - 1) / size) { index in
      body(index * size..<min(count, (index + 1) * size))
    }
  }
}
