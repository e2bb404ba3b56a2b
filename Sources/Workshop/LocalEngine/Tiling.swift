/// How one axis of the latents is cut into overlapping tiles of equal length, and how much each tile counts at every
/// place so that all weights add up to one.
struct TiledAxis: Hashable, Sendable {
  let length: Int
  /// Latents in one tile; the whole axis if it is not cut.
  let tile: Int
  let starts: [Int]

  /// As few tiles as cover the axis with neighbours sharing at least `overlap` latents.
  init(length: Int, tile: Int, overlap: Int) {
    self.length = length
    self.tile = min(tile, length)
    guard tile < length else {
      starts = [0]
      return
    }
    let advance = max(1, tile - overlap)
    let count = (length - tile + advance - 1) / advance + 1
    let reach = length - tile
    starts = (0..<count).map { $0 * reach / (count - 1) }
  }

  /// Weights of tile `index` for its places at `scale` pixels a latent: ramps towards the neighbours.
  func weights(_ index: Int, scale: Int) -> [Float] {
    let own = ramp(scale)
    return (0..<tile * scale).map { offset in
      let place = starts[index] * scale + offset
      let all = starts.reduce(Float(0)) { sum, start in
        let other = place - start * scale
        return own.indices.contains(other) ? sum + own[other] : sum
      }
      return own[offset] / all
    }
  }

  /// Rises from the edges to the middle of a tile.
  private func ramp(_ scale: Int) -> [Float] {
    let count = tile * scale
    return (0..<count).map { Float(min($0, count - 1 - $0) + 1) }
  }
}

/// Whole pictures, or tiles that overlap.
struct TileChoice: Hashable, Sendable {
  /// Latents that neighbouring tiles share, the smallest tile, and by how much tiles grow.
  static let overlap = 8
  static let smallestTile = 16
  static let step = 4

  let rows: TiledAxis
  let columns: TiledAxis

  var count: Int { rows.starts.count * columns.starts.count }

  /// - Parameter tile: latents along a side of a tile at most.
  init(height: Int, width: Int, tile: Int) {
    rows = TiledAxis(length: height, tile: tile, overlap: Self.overlap)
    columns = TiledAxis(length: width, tile: tile, overlap: Self.overlap)
  }
}
