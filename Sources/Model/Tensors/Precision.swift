/// How matrix products and convolutions are done. Softmax, norms and sums are float32 in all of them.
public enum Precision: String, Sendable, CaseIterable {
  /// float32 on OpenBLAS: what the goldens check.
  case reference
  /// oneDNN in the fastest type that this CPU multiplies natively: bfloat16 where it has the instructions,
  /// float32 elsewhere (bfloat16 without them is emulated, several times slower and less exact).
  case fast
  /// Like `fast`, but the large matrices of the transformer's blocks, what they are multiplied with, and the queries and
  /// keys of its attention are rounded to 8 bits, where this CPU has instructions for that (AVX-512 VNNI); elsewhere it
  /// is `fast`. The weights of attention stay as they are: many small ones would be rounded to nothing.
  case turbo
}

public enum Activation: Sendable {
  case identity, geluTanh, silu
}
