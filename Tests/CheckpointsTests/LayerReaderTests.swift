import Foundation
import Synchronization
import Tensors
import Testing

@testable import Checkpoints

@Suite struct LayerReaderTests {
  private static let layers = 6
  /// Bytes of one layer's weight.
  private static let layerBytes = 1 << 20

  private func withCheckpoint(_ body: (Checkpoint) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "moviola-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "w.safetensors").path(percentEncoded: false)
    var tensors = (0..<Self.layers).map { layer -> (String, Tensor) in
      let count = Self.layerBytes / 4
      return ("blocks.\(layer).w", Tensor([Float](repeating: Float(layer + 1), count: count), shape: [count]))
    }
    tensors.append(("head", Tensor([1, 2, 3], shape: [3])))
    try SafetensorsWriter.write(tensors.map { (name: $0.0, tensor: $0.1) }, to: path)
    try body(try Checkpoint(path: path))
  }

  private var prefixes: [String] { (0..<Self.layers).map { "blocks.\($0)." } }

  /// Bytes of the file's mapping that this process has in memory.
  private func mapped(_ checkpoint: Checkpoint) throws -> Int {
    // Such files say that they have no bytes: only what reads to the end sees all.
    let data = try #require(try FileHandle(forReadingAtPath: "/proc/self/smaps")?.readToEnd())
    let maps = String(decoding: data, as: UTF8.self).split(separator: "\n")
    let head = try #require(maps.firstIndex { $0.hasSuffix(checkpoint.path) })
    let line = try #require(maps[head...].first { $0.hasPrefix("Rss:") })
    return try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) }) * 1024
  }

  /// Runs over all layers as a model does, reading everything.
  private func pass(_ reader: LayerReader, _ checkpoint: Checkpoint) throws -> [Float] {
    try (0..<Self.layers).map { layer in
      reader.begin(layer)
      defer { reader.end(layer) }
      return try checkpoint.tensor(named: "blocks.\(layer).w").floats().reduce(0, max)
    }
  }

  @Test func pagesAreThoseOfTheLayers() throws {
    try withCheckpoint { (checkpoint: Checkpoint) throws in
      let pages = checkpoint.pages(of: prefixes)
      #expect(pages.layers.map(\.byteCount) == [Int](repeating: Self.layerBytes, count: Self.layers))
      #expect(pages.otherBytes == 12 && pages.byteCount == Self.layers * Self.layerBytes + 12)
    }
  }

  @Test func aSmallModelStaysInMemory() throws {
    try withCheckpoint { (checkpoint: Checkpoint) throws in
      let reader = LayerReader(checkpoint.pages(of: prefixes), residency: Residency())
      #expect(try pass(reader, checkpoint) == [1, 2, 3, 4, 5, 6])
      #expect(try mapped(checkpoint) >= Self.layers * Self.layerBytes)
    }
  }

  @Test func layersThatAreOverAreGivenBack() throws {
    try withCheckpoint { (checkpoint: Checkpoint) throws in
      let told = Mutex<[ReadingProgress]>([])
      let residency = Residency(keptLayers: 2, dropsCache: true) { progress in told.withLock { $0.append(progress) } }
      let reader = LayerReader(checkpoint.pages(of: prefixes), residency: residency)
      for _ in 0..<2 {
        #expect(try pass(reader, checkpoint) == [1, 2, 3, 4, 5, 6])
        // A page or two around each piece may stay.
        #expect(try mapped(checkpoint) < 2 * Self.layerBytes + (1 << 18))
      }
      let last = try #require(told.withLock { $0.last })
      #expect(last.bytesDone == last.bytesTotal && last.bytesTotal == checkpoint.pages(of: prefixes).byteCount)
      #expect(told.withLock { $0.filter { $0.bytesDone == $0.bytesTotal }.count } == 1)
    }
  }

  @Test func whatIsForOnceGoesAfterTheFirstPass() throws {
    try withCheckpoint { (checkpoint: Checkpoint) throws in
      let pages = checkpoint.pages(of: prefixes) { $0 == "blocks.1.w" || $0 == "head" }
      #expect(pages.layers.map(\.onceBytes) == [0, Self.layerBytes, 0, 0, 0, 0] && pages.otherOnceBytes == 12)
      #expect(pages.layers[1].byteCount == 0 && pages.byteCount == checkpoint.pages(of: prefixes).byteCount)
      for keepsOnce in [true, false] {
        let reader = LayerReader(pages, residency: Residency())
        for layer in 0..<Self.layers {
          reader.begin(layer)
          _ = try checkpoint.tensor(named: "blocks.\(layer).w").floats()
          reader.end(layer, keepsOnce: keepsOnce)
        }
        let left = (keepsOnce ? Self.layers : Self.layers - 1) * Self.layerBytes
        #expect((left - (1 << 18)..<left + (1 << 18)).contains(try mapped(checkpoint)))
      }
    }
  }

  @Test func theNextLayerIsReadAhead() throws {
    try withCheckpoint { (checkpoint: Checkpoint) throws in
      let reader = LayerReader(checkpoint.pages(of: prefixes), residency: Residency(keptLayers: 0))
      reader.begin(0)
      let deadline = ContinuousClock.now + .seconds(20)
      while try mapped(checkpoint) < 2 * Self.layerBytes, ContinuousClock.now < deadline { usleep(10_000) }
      #expect(try mapped(checkpoint) >= 2 * Self.layerBytes)
      reader.close()
    }
  }

  /// While a layer that stays runs, too: the disk is never idle for want of a wish.
  @Test func theNextLayerThatDoesNotStayIsReadAhead() throws {
    try withCheckpoint { (checkpoint: Checkpoint) throws in
      let residency = Residency(keptLayers: 3)
      let reader = LayerReader(checkpoint.pages(of: prefixes), residency: residency)
      #expect((0..<Self.layers).filter { Residency.stays($0, kept: 3, of: Self.layers) } == [0, 2, 4])
      _ = try pass(reader, checkpoint)
      for (layer, inMemory) in [(0, 4), (1, 5)] {
        reader.begin(layer, once: false)
        let deadline = ContinuousClock.now + .seconds(20)
        while try mapped(checkpoint) < inMemory * Self.layerBytes, ContinuousClock.now < deadline { usleep(10_000) }
        let bytes = try mapped(checkpoint)
        #expect((inMemory * Self.layerBytes..<(inMemory + 1) * Self.layerBytes).contains(bytes))
        if layer == 0 { reader.end(layer, keepsOnce: false) }
      }
      reader.close()
    }
  }

  @Test(arguments: [1, 6, 30, 40]) func thoseThatStayAreSpread(_ count: Int) {
    for kept in 0...count + 1 {
      let staying = (0..<count).filter { Residency.stays($0, kept: kept, of: count) }
      #expect(staying.count == min(kept, count))
      let gaps = zip(staying.dropFirst(), staying).map { $0 - $1 }
      #expect((gaps.max() ?? 0) - (gaps.min() ?? 0) <= 1)
    }
    #expect(Residency.stays(count - 1, kept: .max, of: count))
  }

  @Test func aHollowCheckpointHasShapesAndZeros() throws {
    try withCheckpoint { (checkpoint: Checkpoint) throws in
      let hollow = try checkpoint.hollow()
      #expect(hollow.entries == checkpoint.entries && hollow.path == checkpoint.path)
      #expect(try hollow.tensor(named: "blocks.3.w").floats().allSatisfy { $0 == 0 })
      #expect(try checkpoint.tensor(named: "blocks.3.w").floats()[0] == 4)
    }
  }
}
