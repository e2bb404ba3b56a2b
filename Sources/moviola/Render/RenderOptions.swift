public import ArgumentParser
import Foundation
public import Rendering

/// The settings of a render that a person may give; whatever is absent is the model's own.
struct RenderOptions: ParsableArguments {
  @Option(help: ArgumentHelp("What the clip must not show.", valueName: "t"))
  var negative: String?

  @OptionGroup var modelOptions: ModelOptions
  var model: String? { modelOptions.model }

  @Option(
    help: ArgumentHelp("Pixels, multiples of 16 (TI2V-5B: 32), as in 832x480.", valueName: "WxH"),
    transform: Size.init)
  var size: Size?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many frames: 4n+1.", valueName: "n"),
    transform: NumberArgument.whole("of the form 4n+1, as in 81"))
  var frames: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Frames per second.", valueName: "f"),
    transform: NumberArgument.whole("from 1 to 240, as in 16"))
  var fps: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Denoising steps.", valueName: "n"),
    transform: NumberArgument.whole("from 1 to 1000, as in 20"))
  var steps: Int?

  @Option(help: ArgumentHelp("The solver that walks from noise to clip.", valueName: "s"))
  var sampler: SamplerName?

  @Option(
    help: ArgumentHelp(
      "Whose sigmas and timesteps; distilled is for LoRAs of few steps, and sets 4 steps, shift 5, guidance 1 and "
        + "euler, unless they are given.", valueName: "p"))
  var preset: SchedulePreset?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The schedule's shift: more of it spends more steps on composition.", valueName: "x"),
    transform: NumberArgument.decimal("from 0.01 to 100, as in 5"))
  var shift: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Guidance scale of the high- and the low-noise expert; 1 is none.", valueName: "high[,low]"),
    transform: Guidance.init(argument:))
  var guidance: Guidance?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Where the high-noise expert hands over, 0 to 1.", valueName: "b"),
    transform: NumberArgument.decimal("from 0 to 1, as in 0.875"))
  var boundary: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The noise to start from (default: a random one, which is printed).", valueName: "n"),
    transform: NumberArgument.whole("from 0 to \(UInt64.max), as in 42"))
  var seed: UInt64?

  @Option(help: ArgumentHelp("Arithmetic: float32, the fastest type of this processor, or 8 bits too.", valueName: "p"))
  var precision: Rendering.Precision?

  @Option(
    help: ArgumentHelp(
      "plain computes every pass (the default); balanced sets the two options below to values that left every clip "
        + "we measured within \(Int(Speed.leastPSNR)) dB PSNR and \(Speed.leastSSIM) SSIM of the plain one.",
      valueName: "s"))
  var speed: Speed?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Spare the later blocks of passes whose first block changes by less than this part, 0 to 1; 0 is off.",
      valueName: "threshold"),
    transform: NumberArgument.decimal("from 0 to 1, as in 0.1"))
  var stepCache: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Leave the negative prompt out after this share of the steps, 0 to 1; 1 is off.", valueName: "fraction"),
    transform: NumberArgument.decimal("from 0 to 1, as in 0.8"))
  var skipGuidanceAfter: Double?

  @Option(
    help: ArgumentHelp(
      "A LoRA file, for both experts or one; may be repeated.", valueName: "file[=strength][@high|@low]"),
    transform: LoRAUse.init(argument:))
  var lora: [LoRAUse] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The most memory to take, mapped weights included, as in 6GiB (default: most of what is free).",
      valueName: "bytes"),
    transform: ByteCount.init(option:))
  var maxMemory: ByteCount?

  @Flag(help: "Read all weights from disk before they are needed.")
  var preload = false

  @Flag(
    inversion: .prefixedNo,
    help: "Keep encoded prompts on disk, and take those that are there instead of encoding them.")
  var textCache = true

  /// What the engine may take.
  var limits: EngineLimits {
    EngineLimits(maxMemory: maxMemory?.bytes, preloads: preload, usesTextCache: textCache)
  }

  /// Replaces in `recipe` what was given.
  func apply(to recipe: inout Recipe) {
    if let negative { recipe.negativePrompt = negative }
    if let size { (recipe.width, recipe.height) = (size.width, size.height) }
    if let frames { recipe.frameCount = frames }
    if let fps { recipe.framesPerSecond = fps }
    if let preset { recipe.use(preset) }
    if let steps { recipe.steps = steps }
    if let sampler { recipe.sampler = sampler }
    if let shift { recipe.shift = shift }
    if let guidance { recipe.guidance = guidance }
    if let boundary { recipe.boundary = boundary }
    if let seed { recipe.seed = seed }
    if let precision { recipe.precision = precision }
    if let speed { recipe.use(speed) }
    // What is off is not written down, so that such a recipe is the same as one without the option.
    if let stepCache { recipe.stepCache = stepCache == 0 ? nil : stepCache }
    if let skipGuidanceAfter { recipe.skipGuidanceAfter = skipGuidanceAfter == 1 ? nil : skipGuidanceAfter }
    if let experts = modelOptions.experts { (recipe.experts, recipe.modelFingerprint) = (experts, nil) }
    // Other weights than those of the clip that the recipe may come from.
    if !lora.isEmpty { (recipe.loras, recipe.modelFingerprint) = (lora, nil) }
  }
}

extension SamplerName: ExpressibleByArgument {}
extension SchedulePreset: ExpressibleByArgument {}
extension Rendering.Precision: ExpressibleByArgument {}
extension Speed: ExpressibleByArgument {}

/// "832x480".
struct Size: Equatable {
  var width: Int
  var height: Int

  init(_ argument: String) throws {
    let sides = argument.lowercased().split(omittingEmptySubsequences: false) { "x×*".contains($0) }.map { Int($0) }
    guard sides.count == 2, let width = sides[0], let height = sides[1] else {
      throw ValidationError("the size \"\(argument)\" is not WIDTHxHEIGHT, as in 832x480")
    }
    self.width = width
    self.height = height
  }
}

extension Guidance {
  /// "4,3", or "5" for both experts.
  init(argument: String) throws {
    let scales = argument.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    guard scales.count <= 2, let high = scales.first ?? nil, let low = scales.last ?? nil else {
      throw ValidationError("the guidance \"\(argument)\" is not HIGH or HIGH,LOW, as in 4,3")
    }
    self.init(high: high, low: low)
  }
}
