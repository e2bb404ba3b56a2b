import GoldenModel
import Rendering
import Tensors
import Testing
import WanModel

@testable import LocalEngine

@Suite struct TilingTests {
  @Test(arguments: [(20, 16), (90, 32), (17, 16), (60, 60), (33, 20)])
  func weightsOfAllTilesAddUpToOneEverywhere(_ length: Int, _ tile: Int) {
    let axis = TiledAxis(length: length, tile: tile, overlap: 8)
    var sums = [Float](repeating: 0, count: length * 4)
    for (index, start) in axis.starts.enumerated() {
      for (offset, weight) in axis.weights(index, scale: 4).enumerated() { sums[start * 4 + offset] += weight }
    }
    #expect(sums.allSatisfy { abs($0 - 1) < 1e-5 })
    #expect(zip(axis.starts, axis.starts.dropFirst()).allSatisfy { $1 - $0 <= tile - 8 })
    #expect(axis.starts.last == length - axis.tile)
  }

  /// A clip decoded in tiles is the clip, but for what a pixel sees across a seam: attention over the whole picture
  /// and the reach of the convolutions.
  @Test func tilesMakeNearlyTheSameClip() throws {
    let decoder = try ModelFolder(path: GoldenModel.path).vaeDecoder(on: CPU(precision: .reference))
    let latents = Noise.normal([16, 2, 24, 20], seed: 3).channelsLast()
    let expected = try clip(TiledDecoder(decoder: decoder, tiles: whole), latents)
    let tiled = try clip(TiledDecoder(decoder: decoder, tiles: tiles), latents)
    #expect(expected.count == 5 && tiled.map(\.count) == expected.map(\.count))
    let difference = zip(expected.joined(), tiled.joined()).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let energy = expected.joined().reduce(0) { $0 + $1 * $1 }
    #expect(difference / energy < 0.02)
  }

  @Test func tilesCoverWhatOneDoesNot() {
    #expect(whole.count == 1 && whole.rows.tile == 24 && whole.columns.tile == 20)
    #expect(tiles.rows.tile == TileChoice.smallestTile && tiles.count == 4)
  }

  private let whole = TileChoice(height: 24, width: 20, tile: 24)
  private let tiles = TileChoice(height: 24, width: 20, tile: TileChoice.smallestTile)

  private func clip(_ decoder: TiledDecoder, _ latents: Tensor) throws -> [[Float]] {
    var frames: [[Float]] = []
    var shares: [Double] = []
    try decoder.decode(
      latents, isCancelled: { false }, progress: { shares.append($0) }, emit: { frames.append($0.floats()) })
    #expect(shares == shares.sorted() && shares.last == 1)
    return frames
  }
}
