import COneDNN
import Kernels

/// Whether the library does what the processor could: it may be told to use less (`ONEDNN_MAX_CPU_ISA`), so a small
/// product is tried.
extension CPU {
  static let hasHalfProducts = mv_multiplies_bf16() != 0 && canMultiplyHalves

  /// Whether the library multiplies bfloat16, be it without instructions for it: with AVX-512, it can.
  public static let canMultiplyHalves = halfProductsWork

  /// Bytes are only worth it with instructions for them, or with loops of our own. Without those instructions the library
  /// sums pairs in 16 bits, where they overflow unless the signed ones are small.
  static let hasByteProducts = mv_multiplies_bytes() != 0 && byteProductsAreExact([127])
  static let hasSmallByteProducts = byteProductsAreExact([64]) && byteProductsAreExact([127, 1, 1, 127])

  private static let (m, n, k) = (16, 64, 64)

  private static var halfProductsWork: Bool {
    let ones = [UInt16](repeating: 0x3F80, count: n * k)
    var sums = [Float](repeating: 0, count: m * n)
    return multiply(mv_dnn_bf16, ones, ones, &sums) && sums.allSatisfy { $0 == Float(k) }
  }

  /// Of the largest bytes and signed ones that repeat.
  private static func byteProductsAreExact(_ signed: [Int8]) -> Bool {
    let a = [UInt8](repeating: 255, count: m * k)
    let b = (0..<n * k).map { signed[$0 % signed.count] }
    let sum = b[..<k].reduce(0) { $0 + 255 * Int32($1) }
    var sums = [Int32](repeating: 0, count: m * n)
    return multiply(mv_dnn_u8s8, a, b, &sums) && sums.allSatisfy { $0 == sum }
  }

  private static func multiply(
    _ type: mv_dnn_type, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ c: UnsafeMutableRawPointer
  ) -> Bool {
    var product = mv_dnn_product(
      type: type, m: m, n: n, k: k, stride_a: k, stride_b: k, stride_c: n, order_b: mv_dnn_rows_of_k, accumulate: 0)
    return mv_dnn_multiply(&product, a, b, c) == 0
  }
}
