import Foundation
import GoldenModel
import Rendering
import Tensors
import Testing
import WanModel

@testable import LocalEngine

/// Encoded texts on disk: the same frames with and without, and no harm from what is damaged or cannot be written.
@Suite struct TextCacheTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "moviola-texts-\(UUID().uuidString)")
  private var cache: TextCache { TextCache(folder) }

  private func engine(_ cache: TextCache?, _ limits: EngineLimits = EngineLimits()) throws -> LocalEngine {
    try LocalEngine(folder: ModelFolder(path: GoldenModel.path), name: "tiny", limits: limits, texts: cache)
  }

  private func recipe(_ prompt: String = "a red ball", precision: Rendering.Precision = .reference) throws -> Recipe {
    var recipe = try engine(nil).defaults
    (recipe.prompt, recipe.negativePrompt, recipe.precision) = (prompt, "blurry", precision)
    (recipe.width, recipe.height, recipe.frameCount, recipe.steps, recipe.seed) = (32, 48, 5, 2, 7)
    return recipe
  }

  private struct Seen {
    var frames: [Frame] = []
    var text: TextEncoded?
    var opensEncoder = false
    var remarks: [String] = []
    var plan: Plan?
  }

  private func render(_ recipe: Recipe, _ engine: LocalEngine) async throws -> Seen {
    var seen = Seen()
    for try await event in engine.render(recipe) {
      switch event {
      case .frames(let frames): seen.frames += frames
      case .textEncoded(let text): seen.text = text
      case .loading(let loading): if loading.component == .textEncoder { seen.opensEncoder = true }
      case .remark(let text): seen.remarks.append(text)
      case .planned(let plan): seen.plan = plan
      default: break
      }
    }
    return seen
  }

  private func files() -> [URL] {
    (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
  }

  @Test(arguments: [Rendering.Precision.reference, .fast])
  func framesAreTheSameWithAndWithout(_ precision: Rendering.Precision) async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let recipe = try recipe(precision: precision)
    let without = try await render(recipe, engine(nil))
    let first = try await render(recipe, engine(cache))
    let second = try await render(recipe, engine(cache))
    #expect(first.frames == without.frames && second.frames == without.frames)
    #expect(without.opensEncoder && first.opensEncoder && !second.opensEncoder)
    #expect(first.text?.promptFromCache == nil && first.text?.negativeFromCache == nil)
    #expect(second.text?.promptFromCache == true && second.text?.negativeFromCache == true)
    #expect(second.text?.promptTokens == first.text?.promptTokens)
    #expect(second.text?.negativeTokens == first.text?.negativeTokens)
    #expect(first.plan?.phases[0].isCached == nil && second.plan?.phases[0].isCached == true)
    #expect(second.plan?.operations?.text == 0 && first.plan?.operations?.text != 0)
    #expect(second.remarks.isEmpty)
  }

  @Test func oneKnownTextIsNotEncodedAgain() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try await render(recipe(), engine(cache))
    let other = try await render(recipe("a blue star"), engine(cache))
    #expect(other.frames == (try await render(recipe("a blue star"), engine(nil)).frames))
    #expect(other.opensEncoder && other.text?.promptFromCache == nil && other.text?.negativeFromCache == true)
    #expect(other.text?.counts.hasSuffix("from the cache") == true)
    #expect(files().count == 3)
  }

  @Test func withoutItNothingIsReadOrKept() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try await render(recipe(), engine(cache, EngineLimits(usesTextCache: false)))
    #expect(files().isEmpty)
    _ = try await render(recipe(), engine(cache))
    let seen = try await render(recipe(), engine(cache, EngineLimits(usesTextCache: false)))
    #expect(seen.opensEncoder && seen.plan?.phases[0].isCached == nil)
  }

  /// A plan promises only what it has seen.
  @Test func aPlanLooks() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let (engine, recipe) = (try engine(cache), try recipe())
    let miss = try engine.plan(recipe)
    _ = try await render(recipe, engine)
    let hit = try engine.plan(recipe)
    #expect(miss.phases[0].isCached == nil && hit.phases[0].isCached == true)
    #expect(hit.phases[0].totalBytes < miss.phases[0].totalBytes && hit.phases[0].steps == 0)
    for file in files() { try FileManager.default.removeItem(at: file) }
    #expect(try engine.plan(recipe).phases[0] == miss.phases[0])
  }

  @Test func aDamagedEntryIsSaidAndReplaced() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let recipe = try recipe()
    let expected = try await render(recipe, engine(cache))
    for damage in [Damage.cut, .empty, .lastBit] {
      for file in files() { try damage.strike(file) }
      let seen = try await render(recipe, engine(cache))
      #expect(seen.frames == expected.frames && seen.opensEncoder)
      #expect(seen.remarks.count == 2 && seen.remarks.allSatisfy { $0.contains("encoded anew") })
      #expect(try await !render(recipe, engine(cache)).opensEncoder)
    }
  }

  private enum Damage {
    case cut, empty, lastBit

    func strike(_ file: URL) throws {
      var bytes = try Data(contentsOf: file)
      switch self {
      case .cut: bytes = bytes.dropLast(5)
      case .empty: bytes = Data()
      case .lastBit: bytes[bytes.count - 1] ^= 1
      }
      try bytes.write(to: file)
    }
  }

  /// A place where nothing can be written: a file stands where the folder should.
  @Test func aPlaceThatCannotBeWrittenIsInNobodysWay() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("x".utf8).write(to: folder)
    let seen = try await render(recipe(), engine(TextCache(folder.appending(path: "below"))))
    #expect(seen.frames == (try await render(recipe(), engine(nil)).frames))
    #expect(seen.remarks.count == 1 && seen.remarks[0].contains("cannot be kept"))
  }

  @Test func everythingThatValuesDependOnIsInTheKey() {
    let key = { TextCache.Key($0, encoder: $1, arithmetic: $2) }
    let plain = key("a red ball", "e", "a")
    #expect(plain == key("  a   red ball ", "e", "a"))
    #expect(plain != key("a red bal", "e", "a") && plain != key("a red ball", "f", "a"))
    #expect(plain != key("a red ball", "e", "b") && plain != key("a red ball", "ea", ""))
    #expect(CPU(precision: .reference).arithmetic != CPU(precision: .fast).arithmetic)
  }

  @Test func whatWasNotUsedForLongestGoes() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let embeddings = Tensor([Float](repeating: 1, count: 1000), shape: [10, 100])
    let small = TextCache(folder, limit: 15_000)
    let keys = (0..<4).map { TextCache.Key("\($0)", encoder: "e", arithmetic: "a") }
    for (index, key) in keys.enumerated() {
      try small.keep(embeddings, key)
      if index == 2 { small.touch(keys[0]) }
      Thread.sleep(forTimeInterval: 0.02)
    }
    #expect(try keys.map { try small.find($0, width: 100) != nil } == [true, false, true, true])
    #expect(throws: TextCache.Damaged.self) { try small.find(keys[0], width: 99) }
  }

  @Test func anotherEncoderHasAnotherFingerprint() throws {
    let place = FileManager.default.temporaryDirectory.path + "/moviola-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: place) }
    try FileManager.default.copyItem(atPath: GoldenModel.path, toPath: place)
    let (golden, copy) = (ModelFolder(path: GoldenModel.path), ModelFolder(path: place))
    #expect(try golden.textFingerprint() == copy.textFingerprint())
    let weights = URL(filePath: place + "/text_encoder/model.safetensors")
    var bytes = try Data(contentsOf: weights)
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: weights)
    #expect(try golden.textFingerprint() != copy.textFingerprint())
  }
}
