/// How matrix products and convolutions are done. Softmax, norms and sums are float32 in all of them.
public enum Precision: String, Sendable, CaseIterable {
  /// float32 on OpenBLAS: what the goldens check.
  case reference
  /// oneDNN, or loops of our own, in the fastest type that this CPU multiplies natively: bfloat16 where it has the
  /// instructions, float32 elsewhere (bfloat16 without them is emulated, several times slower and less exact).
  case fast
  /// Like `fast`, but the large matrices of the transformer's blocks, what they are multiplied with, and all that its
  /// self-attention multiplies are rounded to 8 bits, where that is faster: on a CPU with AVX-512 VNNI, or with AVX2 and
  /// without AVX-512. Elsewhere it is `fast`.
  case turbo
}

public enum Activation: Sendable {
  case identity, geluTanh, silu
}
