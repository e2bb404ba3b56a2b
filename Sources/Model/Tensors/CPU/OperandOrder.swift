import COneDNN
import Kernels

/// How the second operand of a product, [k, n], lies in memory.
enum OperandOrder {
  /// As [n, k]: a weight as it is on disk.
  case rowsOfK
  /// As [k, n].
  case rowsOfN
  /// In oneDNN's own order.
  case oneDNN
  /// In ours: 16 columns together, a 32-bit word of each after the other.
  case ours

  /// As the library knows it.
  var dnn: mv_dnn_order {
    switch self {
    case .rowsOfK: mv_dnn_rows_of_k
    case .rowsOfN: mv_dnn_rows_of_n
    case .oneDNN: mv_dnn_packed
    case .ours: preconditionFailure("the library does not know our order")
    }
  }
}

extension CPU {
  /// The order in which products with such an operand run fastest, if it takes no more room than the operand does.
  func packedOrder(_ type: mv_dnn_type, k: Int, n: Int) -> OperandOrder? {
    if usesOpenBLAS { return nil }
    if isOurs(type, k: k, n: n) { return .ours }
    return mv_dnn_packed_bytes(type, k, n) > 0 ? .oneDNN : nil
  }

  /// Whether our own loops multiply it.
  func isOurs(_ type: mv_dnn_type, k: Int, n: Int) -> Bool {
    guard let ours = ownProducts, type == mv_dnn_u8s8 || type == (ours.is_bf16 != 0 ? mv_dnn_bf16 : mv_dnn_f32) else {
      return false
    }
    let columns = type == mv_dnn_u8s8 ? Int(mv_product_columns) : ours.columns
    return k > 0 && n > 0 && (k * bytes(type)).isMultiple(of: Int(mv_product_bytes)) && n.isMultiple(of: columns)
  }

  /// Whether our own loops bring operands to that order: they are faster than the library.
  func packsAlone(_ type: mv_dnn_type, k: Int, n: Int) -> Bool { columnsTogether(type, k: k, n: n) != nil }

  /// Columns that lie together in the order that is ours, or the library's if we know it.
  private func columnsTogether(_ type: mv_dnn_type, k: Int, n: Int) -> Int? {
    isOurs(type, k: k, n: n) ? Int(mv_columns_together) : mv_dnn_packs_words(type, k, n) != 0 ? 64 : nil
  }

  /// Brings b [k, n], which lies in rows of either kind, to its packed order.
  func pack(
    _ type: mv_dnn_type, _ k: Int, _ n: Int, _ plain: OperandOrder, stride: Int, _ b: UnsafeRawPointer,
    into packed: UnsafeMutableRawPointer
  ) {
    guard let together = columnsTogether(type, k: k, n: n) else {
      return check(mv_dnn_pack(type, k, n, plain.dnn, stride, b, packed))
    }
    let (size, out) = (bytes(type), packed.assumingMemoryBound(to: UInt32.self))
    if plain == .rowsOfK {
      loops.pack_words(b, stride * size, n, k * size / 4, together, out)
    } else {
      loops.interleave_rows(b, stride * size, n, k * size / 4, size, together, out)
    }
  }

  private func bytes(_ type: mv_dnn_type) -> Int { type == mv_dnn_u8s8 ? 1 : type == mv_dnn_bf16 ? 2 : 4 }
}
