import Prompting
import Rendering

/// One setting: how it is called, shown, stepped and typed.
enum SettingField: String, Hashable, Sendable, CaseIterable {
  case model, size, frames, fps, steps, sampler, preset, shift, guidance, boundary, seed, precision, speed

  var title: Bilingual {
    switch self {
    case .model: Bilingual("model", "模型")
    case .size: Bilingual("size", "尺寸")
    case .frames: Bilingual("frames", "帧数")
    case .fps: Bilingual("fps", "帧率")
    case .steps: Bilingual("steps", "步数")
    case .sampler: Bilingual("sampler", "采样器")
    case .preset: Bilingual("preset", "时间表")
    case .shift: Bilingual("shift", "偏移")
    case .guidance: Bilingual("guidance", "引导")
    case .boundary: Bilingual("boundary", "边界")
    case .seed: Bilingual("seed", "种子")
    case .precision: Bilingual("precision", "精度")
    case .speed: Bilingual("speed", "速度")
    }
  }

  func text(_ recipe: Recipe) -> String {
    switch self {
    case .model: recipe.model.split(separator: "/").last.map(String.init) ?? recipe.model
    case .size: "\(recipe.width)×\(recipe.height)"
    case .frames: "\(recipe.frameCount) (\(Numbers.fixed(recipe.duration, 1)) s)"
    case .fps: "\(recipe.framesPerSecond)"
    case .steps: "\(recipe.steps)"
    case .sampler: recipe.sampler.rawValue
    case .preset: recipe.preset.rawValue
    case .shift: Numbers.plain(recipe.shift)
    case .guidance: "\(Numbers.plain(recipe.guidance.high)) / \(Numbers.plain(recipe.guidance.low))"
    case .boundary: Numbers.plain(recipe.boundary)
    case .seed: "\(recipe.seed)"
    case .precision: recipe.precision.rawValue
    case .speed: recipe.speed?.rawValue ?? "own"
    }
  }

  /// The text to begin typing with.
  func editable(_ recipe: Recipe) -> String {
    switch self {
    case .size: "\(recipe.width)x\(recipe.height)"
    case .frames: "\(recipe.frameCount)"
    case .guidance: "\(Numbers.plain(recipe.guidance.high)),\(Numbers.plain(recipe.guidance.low))"
    default: text(recipe)
    }
  }

  /// The recipe with the next or previous value.
  func step(_ direction: Int, _ recipe: inout Recipe, defaults: Recipe, on grid: ClipGrid) {
    switch self {
    case .model: break
    case .size: stepSize(direction, &recipe, Self.sizes(defaults, on: grid))
    case .frames: recipe.frameCount = grid.frameCount(below: recipe.frameCount + grid.frames * direction)
    case .fps: recipe.framesPerSecond = min(240, max(1, recipe.framesPerSecond + direction))
    case .steps: recipe.steps = min(1000, max(1, recipe.steps + direction))
    case .sampler: recipe.sampler = Self.next(recipe.sampler, direction)
    case .preset: recipe.use(Self.next(recipe.preset, direction), defaults: defaults)
    case .shift: recipe.shift = Self.rounded(max(0.5, recipe.shift + 0.5 * Double(direction)))
    case .guidance:
      recipe.guidance.high = Self.rounded(max(0, recipe.guidance.high + 0.5 * Double(direction)))
      recipe.guidance.low = Self.rounded(max(0, recipe.guidance.low + 0.5 * Double(direction)))
    case .boundary: recipe.boundary = Self.rounded(min(1, max(0, recipe.boundary + 0.025 * Double(direction))))
    case .seed: recipe.seed = direction > 0 ? recipe.seed &+ 1 : recipe.seed &- 1
    case .precision: recipe.precision = Self.next(recipe.precision, direction)
    case .speed: recipe.use(recipe.speed.map { Self.next($0, direction) } ?? .plain)
    }
  }

  func reset(_ recipe: inout Recipe, to defaults: Recipe) {
    switch self {
    case .model: break
    case .size: (recipe.width, recipe.height) = (defaults.width, defaults.height)
    case .frames: recipe.frameCount = defaults.frameCount
    case .fps: recipe.framesPerSecond = defaults.framesPerSecond
    case .steps: recipe.steps = defaults.steps
    case .sampler: recipe.sampler = defaults.sampler
    case .preset: recipe.use(defaults.preset, defaults: defaults)
    case .shift: recipe.shift = defaults.shift
    case .guidance: recipe.guidance = defaults.guidance
    case .boundary: recipe.boundary = defaults.boundary
    case .seed: recipe.seed = defaults.seed
    case .precision: recipe.precision = defaults.precision
    case .speed:
      (recipe.stepCache, recipe.skipGuidanceAfter) = (defaults.stepCache, defaults.skipGuidanceAfter)
    }
  }

  private func stepSize(_ direction: Int, _ recipe: inout Recipe, _ sizes: [(width: Int, height: Int)]) {
    let area = recipe.width * recipe.height
    let index = sizes.firstIndex { $0.width == recipe.width && $0.height == recipe.height }
    let target = index.map { $0 + direction } ?? (sizes.firstIndex { $0.width * $0.height > area } ?? sizes.count - 1)
    guard sizes.indices.contains(target) else { return }
    (recipe.width, recipe.height) = sizes[target]
  }

  /// Around the model's own size, from small to large, in both orientations and a square.
  static func sizes(_ defaults: Recipe, on grid: ClipGrid) -> [(width: Int, height: Int)] {
    var sizes: [(width: Int, height: Int)] = []
    for scale in [0.5, 0.75, 1, 1.25, 1.5] {
      let (width, height) = (Double(defaults.width) * scale, Double(defaults.height) * scale)
      let side = (width * height).squareRoot()
      let shapes = [(width, height), (side, side), (height, width)].map { grid.size(near: $0, $1) }
      for size in shapes where !sizes.contains(where: { $0 == size }) {
        sizes.append(size)
      }
    }
    return sizes
  }

  private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

  private static func next<Value: CaseIterable & Equatable>(_ value: Value, _ direction: Int) -> Value {
    let all = Array(Value.allCases)
    let index = all.firstIndex(of: value) ?? 0
    return all[(index + direction + all.count) % all.count]
  }
}
