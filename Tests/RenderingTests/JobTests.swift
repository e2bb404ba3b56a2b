import Foundation
import Testing

@testable import Rendering

@Suite struct JobDifferenceTests {
  private let recipe = Recipe(prompt: "a star", model: "wan-nano", shift: 5, seed: 7)

  @Test func aChangedParameterIsNamedAndTheSeedIsSaid() {
    var other = recipe
    other.shift = 8
    #expect(JobDifference(from: recipe, to: other).summary == "shift 5 → 8; seed same")
    other.seed = 9
    other.guidance.low = 3.5
    #expect(JobDifference(from: recipe, to: other).summary == "shift 5 → 8; guidance 4/3 → 4/3.5; seed 7 → 9")
    #expect(JobDifference(from: recipe, to: recipe).summary == "the same recipe")
  }

  @Test func aPromptIsNotRepeatedAndUnknownWeightsAreNoDifference() {
    var other = recipe
    other.prompt = "a ball"
    other.modelFingerprint = "abc"
    let difference = JobDifference(from: recipe, to: other)
    #expect(difference.summary == "prompt changed; seed same")
    #expect(difference.changes == [.init(field: .prompt, old: "a star", new: "a ball")])
  }

  @Test func aLoRAIsNamedWithItsStrengthAndExpert() {
    var other = recipe
    other.loras = [LoRAUse(path: "/l/fast.safetensors", strength: 0.8, expert: .highNoiseExpert), LoRAUse(path: "b")]
    #expect(
      JobDifference(from: recipe, to: other).summary
        == "loras none → fast.safetensors ×0.8 (transformer) + b; seed same")
  }

  @Test func otherFramesHaveAReason() {
    var known = recipe
    known.modelFingerprint = "aaaa"
    let old = done(known, hash: "1")
    #expect(JobDifference.reasonForOtherFrames(from: old, to: done(known, hash: "1")) == nil)
    #expect(
      JobDifference.reasonForOtherFrames(from: old, to: done(known, hash: "2"))?.contains("another processor") == true)
    var other = known
    other.modelFingerprint = "bbbb"
    other.precision = .reference
    #expect(
      JobDifference.reasonForOtherFrames(from: old, to: done(other, hash: "2"))
        == "the model's weights changed (aaaa → bbbb); the precision changed (fast → reference)")
    other.shift = 9
    #expect(JobDifference.reasonForOtherFrames(from: old, to: done(other, hash: "2")) == nil)
  }

  private func done(_ recipe: Recipe, hash: String) -> Job {
    var job = Job(id: 1, state: .done, recipe: recipe, createdAt: Date(timeIntervalSince1970: 0))
    job.result = Job.Result(clip: "c", clipBytes: 1, framesSHA256: hash, seconds: Render.Seconds(), peakRSSBytes: 1)
    return job
  }
}

@Suite struct VariationsTests {
  @Test func seedsAndSweepsGiveOneRecipeEach() {
    let recipe = Recipe(prompt: "a star", model: "wan-nano", seed: 1)
    let seeds = Variations.seeds([7, 8])
    #expect(seeds.recipes(from: recipe).map(\.seed) == [7, 8])
    #expect(seeds.labels == ["seed 7", "seed 8"])
    for parameter in Variations.Parameter.allCases {
      let sweep = Variations.sweep(parameter, [5, 9])
      let recipes = sweep.recipes(from: recipe)
      #expect(Set(recipes).count == 2)
      #expect(recipes.allSatisfy { $0.seed == 1 })
      #expect(sweep.labels == ["\(parameter.rawValue) 5", "\(parameter.rawValue) 9"])
    }
  }
}

extension VariationsTests {
  @Test func seedsKeepTheirBitsAndOldRowsAreRead() throws {
    let seeds = Variations.seeds([9_007_199_254_740_993, .max])
    #expect(try JSONDecoder().decode(Variations.self, from: JSONEncoder().encode(seeds)) == seeds)
    let row = Data(#"{"sweep":{"_0":"steps","_1":[10.5,20]}}"#.utf8)
    let old = try JSONDecoder().decode(Variations.self, from: row)
    let steps = old.recipes(from: Recipe(prompt: "a star", model: "wan-nano")).map(\.steps)
    #expect(steps == [11, 20] && old.labels == ["steps 11", "steps 20"])
  }
}

@Suite struct ThumbnailTests {
  @Test func bytesGiveTheSamePicture() throws {
    let frames = (0..<3).map { index in
      Frame(width: 5, height: 3, rgb: (0..<45).map { UInt8(($0 * 37 + index * 11) % 256) })
    }
    let bytes = Thumbnail(frames: frames, framesPerSecond: 2.5).bytes
    #expect(bytes.count == 6 + 3 * 5 * 3 * 2)
    let back = try #require(Thumbnail(bytes: bytes))
    #expect(back.framesPerSecond == 2.5)
    #expect(back.bytes == bytes)
    for (old, new) in zip(frames, back.frames) {
      #expect(zip(old.rgb, new.rgb).allSatisfy { abs(Int($0) - Int($1)) <= 8 })
    }
  }

  @Test func blackAndWhiteStayExact() throws {
    let frame = Frame(width: 2, height: 1, rgb: [0, 0, 0, 255, 255, 255])
    let back = try #require(Thumbnail(bytes: Thumbnail(frames: [frame], framesPerSecond: 8).bytes))
    #expect(back.frames == [frame])
  }

  @Test func damagedBytesAreNoThumbnail() {
    let bytes = Thumbnail(frames: [Frame(width: 2, height: 1, rgb: [1, 2, 3, 4, 5, 6])], framesPerSecond: 8).bytes
    #expect(Thumbnail(bytes: bytes.dropLast()) == nil)
    #expect(Thumbnail(bytes: [2] + bytes.dropFirst()) == nil)
    #expect(Thumbnail(bytes: []) == nil)
    #expect(Thumbnail(frames: [], framesPerSecond: 8).bytes.isEmpty)
  }
}

@Suite struct PastPaceTests {
  @Test func theMedianOfWhatIsKnown() throws {
    #expect(PastPace(of: []) == nil)
    let pace = try #require(PastPace(of: [(10, seconds(20, 25)), (20, seconds(20, 22)), (10, seconds(90, 120))]))
    #expect(pace == PastPace(secondsPerStep: 2, otherSeconds: 5, renders: 3))
    #expect(pace.seconds(steps: 4) == 13)
  }

  private func seconds(_ denoise: Double, _ total: Double) -> Render.Seconds {
    var seconds = Render.Seconds()
    (seconds.denoise, seconds.total) = (denoise, total)
    return seconds
  }
}

@Suite struct MoviolaHomeTests {
  @Test func followsTheRulesOfTheDesktop() {
    let home = MoviolaHome(environment: ["HOME": "/u", "XDG_DATA_HOME": "/d", "XDG_STATE_HOME": "relative"])
    #expect(home.configFile.path == "/u/.config/moviola/config.toml")
    #expect(home.ledgerFile.path == "/d/moviola/library.sqlite")
    #expect(home.renders.path == "/d/moviola/renders")
    #expect(home.log.path == "/u/.local/state/moviola/log")
    #expect(home.texts.path == "/u/.cache/moviola/texts")
  }

  @Test func oneFolderForEverything() {
    let home = MoviolaHome(environment: ["HOME": "/u", "MOVIOLA_HOME": "/m/../n", "XDG_DATA_HOME": "/d"])
    #expect(home.ledgerFile.path == "/n/library.sqlite")
    #expect(home.configFile.path == "/n/config.toml")
    #expect(home.log.path == "/n/log")
    #expect(home.texts.path == "/n/cache/texts")
  }
}
