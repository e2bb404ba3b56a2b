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
    let whole = try clip(TiledDecoder(decoder: decoder, tiles: choice(decoder, limit: .max)), latents)
    let tiled = try clip(TiledDecoder(decoder: decoder, tiles: choice(decoder, limit: 0)), latents)
    #expect(whole.count == 5 && tiled.map(\.count) == whole.map(\.count))
    let difference = zip(whole.joined(), tiled.joined()).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let energy = whole.joined().reduce(0) { $0 + $1 * $1 }
    #expect(difference / energy < 0.02)
  }

  @Test func aShortMemoryMakesTiles() throws {
    let decoder = try ModelFolder(path: GoldenModel.path).vaeDecoder(on: CPU(precision: .reference))
    #expect(choice(decoder, limit: .max).count == 1)
    let small = choice(decoder, limit: 0)
    #expect(small.rows.tile == TileChoice.smallestTile && small.count == 4)
  }

  private func choice(_ decoder: VAEDecoder, limit: Int) -> TileChoice {
    TileChoice(decoder.configuration, height: 24, width: 20, limit: limit)
  }

  private func clip(_ decoder: TiledDecoder, _ latents: Tensor) throws -> [[Float]] {
    var frames: [[Float]] = []
    var shares: [Double] = []
    try decoder.decode(
      latents, isCancelled: { false }, progress: { shares.append($0) }, emit: { frames.append($0.floats()) })
    #expect(shares == shares.sorted() && shares.last == 1)
    return frames
  }
}
