/// A piece of the results of products of the same rows with several weights.
struct ProductTile {
  /// Which of the weights.
  let weight: Int
  /// The place of its columns among those of all weights.
  let strip: Int
  let rows: Range<Int>
  let columns: Range<Int>

  func offset(stride: Int) -> Int { rows.lowerBound * stride + columns.lowerBound }

  /// Where the tile begins in the whole result.
  func address(in result: Tensor) -> UnsafeMutableRawPointer {
    result.address(row: rows.lowerBound, column: columns.lowerBound)
  }

  func bias(_ weight: Weight) -> UnsafeMutablePointer<Float>? { weight.bias.map { $0.f32 + columns.lowerBound } }
}

/// How products of m rows are cut into tiles: by their shapes alone, so that results never depend on the number of
/// cores. About eight tiles where there is little work; else tiles that fit the second-level cache and are so many
/// that no core waits long at the end. All are of nearly the same size. Tiles of the same columns (a strip) follow
/// each other, because they share the larger operand.
struct ProductTiles {
  struct Strip {
    let weight: Int
    let columns: Range<Int>
  }

  let strips: [Strip]
  /// Tiles in each strip.
  let rowPieces: Int
  private let m: Int
  private let rows: Int

  /// - Parameters:
  ///   - n: columns of the result for each weight.
  ///   - k: the length of the sums, or of the pieces in which they are made.
  ///   - strip: columns of all tiles of a result that lies in panels, and the most of any other; nil for those that go
  ///     with k.
  ///   - widest: then, the most of any tile.
  init(m: Int, n: [Int], k: Int, strip: Int? = nil, widest: Int = 512) {
    self.m = m
    rows = evenPart(of: m, atMost: 256, multiple: 16)
    rowPieces = (m + rows - 1) / rows
    let across = max(1, 8 / max(rowPieces, 1))
    let wide = strip ?? max(128, min(widest, (1 << 20) / max(k, 1)))
    strips = n.enumerated().flatMap { weight, n in
      let even = evenPart(of: n, atMost: min(wide, max(64, (n + across - 1) / across)), multiple: 64)
      // A tile of a result in panels lies in one of them.
      let columns = strip.map { $0.isMultiple(of: even) ? even : $0 } ?? even
      return stride(from: 0, to: n, by: columns).map { start in
        Strip(weight: weight, columns: start..<min(n, start + columns))
      }
    }
  }

  var count: Int { rowPieces * strips.count }

  func tile(strip: Int, row: Int) -> ProductTile {
    let start = row * rows
    return ProductTile(
      weight: strips[strip].weight, strip: strip, rows: start..<min(m, start + rows), columns: strips[strip].columns)
  }
}

/// The size of each part when `count` is cut into as few parts as `limit` allows, all but the last equal: a multiple
/// of `multiple` unless one part is enough.
func evenPart(of count: Int, atMost limit: Int, multiple: Int) -> Int {
  guard count > limit else { return max(count, 1) }
  let parts = (count + limit - 1) / limit
  let even = (count + parts - 1) / parts
  return (even + multiple - 1) / multiple * multiple
}
