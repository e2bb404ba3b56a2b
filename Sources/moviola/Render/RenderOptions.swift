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

  @Option(help: ArgumentHelp("How many frames: 4n+1.", valueName: "n"))
  var frames: Int?

  @Option(help: ArgumentHelp("Frames per second.", valueName: "f"))
  var fps: Int?

  @Option(help: ArgumentHelp("Denoising steps.", valueName: "n"))
  var steps: Int?

  @Option(help: ArgumentHelp("The solver that walks from noise to clip.", valueName: "s"))
  var sampler: SamplerName?

  @Option(
    help: ArgumentHelp(
      "Whose sigmas and timesteps; distilled is for LoRAs of few steps, and sets 4 steps, shift 5, guidance 1 and "
        + "euler, unless they are given.", valueName: "p"))
  var preset: SchedulePreset?

  @Option(help: ArgumentHelp("The schedule's shift: more of it spends more steps on composition.", valueName: "x"))
  var shift: Double?

  @Option(
    help: ArgumentHelp("Guidance scale of the high- and the low-noise expert; 1 is none.", valueName: "high[,low]"),
    transform: Guidance.init(argument:))
  var guidance: Guidance?

  @Option(help: ArgumentHelp("Where the high-noise expert hands over, 0 to 1.", valueName: "b"))
  var boundary: Double?

  @Option(help: ArgumentHelp("The noise to start from (default: a random one, which is printed).", valueName: "n"))
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
    help: ArgumentHelp(
      "Spare the later blocks of passes whose first block changes by less than this part, 0 to 1; 0 is off.",
      valueName: "threshold"))
  var stepCache: Double?

  @Option(
    help: ArgumentHelp(
      "Leave the negative prompt out after this share of the steps, 0 to 1; 1 is off.", valueName: "fraction"))
  var skipGuidanceAfter: Double?

  @Option(
    help: ArgumentHelp(
      "A LoRA file, for both experts or one; may be repeated.", valueName: "file[=strength][@high|@low]"),
    transform: LoRAUse.init(argument:))
  var lora: [LoRAUse] = []

  @Option(
    help: ArgumentHelp(
      "The most memory to take, mapped weights included, as in 6GiB (default: most of what is free).",
      valueName: "bytes"))
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

extension LoRAUse {
  /// "lightning.safetensors=0.8@high"; the path becomes a whole one, so that the recipe works from anywhere.
  init(argument: String) throws {
    var rest = argument[...]
    var expert: Component?
    for (suffix, component) in [("@high", Component.highNoiseExpert), ("@low", .lowNoiseExpert)]
    where rest.hasSuffix(suffix) {
      rest = rest.dropLast(suffix.count)
      expert = component
    }
    var strength = 1.0
    if let sign = rest.lastIndex(of: "="), let number = Double(rest[rest.index(after: sign)...]), number.isFinite {
      strength = number
      rest = rest[..<sign]
    }
    guard !rest.isEmpty else {
      throw ValidationError("the LoRA \"\(argument)\" is not FILE, FILE=STRENGTH or FILE=STRENGTH@high")
    }
    self.init(path: URL(filePath: String(rest)).standardizedFileURL.path, strength: strength, expert: expert)
  }
}
