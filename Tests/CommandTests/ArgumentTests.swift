import ArgumentParser
import FakeEngine
import Media
import Rendering
import Testing

@testable import moviola

@Suite struct ArgumentTests {
  private func parse(_ line: [String]) throws -> RenderCommand { try RenderCommand.parse(line) }

  @Test func everySettingReachesTheRecipe() throws {
    let command = try parse([
      "a red ball", "--negative", "blur", "--model", "dir", "--size", "832x480", "--frames", "33", "--fps", "24",
      "--steps", "12", "--sampler", "dpm++", "--preset", "diffusers", "--shift", "5", "--guidance", "4,3.5",
      "--boundary", "0.9", "--seed", "18446744073709551615", "--precision", "reference", "-o", "out.mp4", "--json",
    ])
    var recipe = Recipe(prompt: "", model: "m")
    command.options.apply(to: &recipe)
    let expected = Recipe(
      prompt: "", negativePrompt: "blur", model: "m", width: 832, height: 480, frameCount: 33, framesPerSecond: 24,
      steps: 12, sampler: .dpmpp, preset: .diffusers, shift: 5, guidance: Guidance(high: 4, low: 3.5), boundary: 0.9,
      seed: .max, precision: .reference)
    #expect(recipe == expected)
    #expect(command.prompt == "a red ball")
    #expect(command.options.model == "dir")
    #expect(command.output == "out.mp4")
    #expect(command.json)
  }

  @Test func nothingGivenChangesNothing() throws {
    var recipe = Recipe(prompt: "p", model: "m", seed: 5)
    try parse(["p"]).options.apply(to: &recipe)
    #expect(recipe == Recipe(prompt: "p", model: "m", seed: 5))
  }

  @Test(arguments: [
    ("/a/b.safetensors", LoRAUse(path: "/a/b.safetensors")),
    ("/a/b=c.safetensors", LoRAUse(path: "/a/b=c.safetensors")),
    ("/a/b.safetensors=0.5", LoRAUse(path: "/a/b.safetensors", strength: 0.5)),
    ("/a/b.safetensors=-1@low", LoRAUse(path: "/a/b.safetensors", strength: -1, expert: .lowNoiseExpert)),
    ("/a/@high@high", LoRAUse(path: "/a/@high", expert: .highNoiseExpert)),
  ])
  func loras(argument: String, expected: LoRAUse) throws {
    #expect(try LoRAUse(argument: argument) == expected)
    var recipe = Recipe(prompt: "", model: "m")
    try parse(["p", "--lora", argument, "--lora", argument]).options.apply(to: &recipe)
    #expect(recipe.loras == [expected, expected])
  }

  @Test(arguments: [
    ("/a/b.safetensors=nan", "nan"), ("/a/b.safetensors=abc", "abc"), ("/a/b.safetensors=1e400", "1e400"),
    ("/a/b.safetensors=", "strength"), ("/a/b.safetensors=-1e308", "-100 to 100"),
    ("/a/b.safetensors=0.5@high@low", "0.5@high"), ("/a/b.safetensors@mid", "mid"), ("=0.5", "FILE"), ("", "FILE"),
    ("=abc", "FILE"), ("@high", "FILE"),
  ])
  func whatIsWrongWithALoRAIsSaid(argument: String, word: String) throws {
    let error = try #require(#expect(throws: ValidationError.self) { try LoRAUse(argument: argument) })
    #expect(Failure(error).sentence.contains(word), "\(Failure(error).sentence)")
  }

  @Test(arguments: [
    (["--seed", "-1"], "0 to 18446744073709551615"), (["--fps=23.976"], "from 1 to 240"), (["--frames", "x"], "4n+1"),
    (["--max-memory=0"], "6GiB"), (["--max-memory", "nan"], "6GiB"), (["--boundary", "-"], "from 0 to 1"),
  ])
  func numbersAreSaidWithTheirRange(line: [String], words: String) throws {
    let error = try #require(#expect(throws: (any Error).self) { try parse(["p"] + line) })
    #expect(Failure(error).sentence.contains(words), "\(Failure(error).sentence)")
  }

  @Test func negativeNumbersAreNumbers() throws {
    let options = try parse(["p", "--guidance", "-5", "--shift", "-1", "--steps", "-2"]).options
    #expect(options.guidance == Guidance(high: -5, low: -5) && options.shift == -1 && options.steps == -2)
  }

  @Test func theDistilledPresetYieldsToWhatIsGiven() throws {
    var recipe = Recipe(prompt: "", model: "m")
    try parse(["p", "--preset", "distilled", "--steps", "8"]).options.apply(to: &recipe)
    #expect(recipe.steps == 8 && recipe.shift == 5 && recipe.sampler == .euler)
    #expect(recipe.guidance == Guidance(high: 1, low: 1))
  }

  @Test func aDashIsStandardInputAndOutput() throws {
    let command = try parse(["-", "-o", "-"])
    #expect(command.prompt == "-")
    #expect(command.output == "-")
  }

  @Test(arguments: [
    ("5", Guidance(high: 5, low: 5)), ("4,3", Guidance(high: 4, low: 3)), ("1.5,0", Guidance(high: 1.5, low: 0)),
  ])
  func guidance(argument: String, expected: Guidance) throws {
    #expect(try Guidance(argument: argument) == expected)
  }

  @Test(arguments: [
    [], ["p", "--size", "832"], ["p", "--size", "x"], ["p", "--size", "1x2x3"], ["p", "--size", "ax16"],
    ["p", "--size", "99999999999999999999x16"], ["p", "--guidance", ""], ["p", "--guidance", "1,2,3"],
    ["p", "--guidance", "a"], ["p", "--guidance", ","], ["p", "--frames", "x"], ["p", "--seed", "-1"],
    ["p", "--sampler", "ddim"], ["p", "--precision", "int8"], ["p", "--preset", ""], ["p", "q"], ["p", "--wat"],
    ["p", "--json", "-o", "-"], ["p", "--json", "--quiet"], ["p", "--frames"],
  ])
  func nonsenseIsAUsageError(line: [String]) {
    do {
      _ = try parse(line)
      Issue.record("accepted \(line)")
    } catch {
      let failure = Failure(error)
      #expect(failure.status == .usage)
      #expect(!failure.sentence.contains("\n"))
    }
  }
}

@Suite struct FailureTests {
  @Test func everyCodeHasItsOwnStatus() {
    let codes: [RenderError.Code] = [.badRecipe, .badModel, .noSpace, .inputOutput, .encoding, .numerics, .cancelled]
    #expect(Set(codes.map { ExitReason($0).rawValue }) == [2, 3, 4, 5, 6, 7, 130])
    #expect(Set(ExitReason.allCases.map(\.name)).count == ExitReason.allCases.count)
  }

  @Test func anErrorIsOneLineWithoutControlCharacters() {
    let failure = Failure(RenderError(.badModel, "a\nb \u{1B}[31mred\u{7}\r\nc", remedy: "try"))
    #expect(failure.sentence == "a b ?[31mred? c; try")
    #expect(failure.status == .badModel)
    #expect(Failure(CancellationError()).status == .cancelled)
  }
}

@Suite struct ClipNameTests {
  @Test(arguments: [
    ("a red ball bounces in a grid room", "a-red-ball-bounces-in-a-grid-room-7.mp4"),
    ("  A \"RED\" ball, / bounces!  ", "a-red-ball-bounces-7.mp4"),
    ("../../etc/passwd", "etc-passwd-7.mp4"), ("-rf", "rf-7.mp4"), ("🎬", "clip-7.mp4"), ("", "clip-7.mp4"),
    ("一只红色的球", "一只红色的球-7.mp4"),
    (String(repeating: "一", count: 100), String(repeating: "一", count: 20) + "-7.mp4"),
    (String(repeating: "word ", count: 100), String(repeating: "word-", count: 11) + "word-7.mp4"),
  ])
  func namesComeFromThePrompt(prompt: String, expected: String) {
    #expect(ClipName.make(prompt: prompt, seed: 7) == expected)
  }
}
