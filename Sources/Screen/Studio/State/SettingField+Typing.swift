import Prompting
import Rendering

extension SettingField {
  /// Takes a typed value. Blanks around it and around its separators are none of it; inside of a number they are a slip.
  /// - Returns: what is wrong with it; nil when it is in the recipe.
  func take(_ typed: String, _ recipe: inout Recipe) -> Bilingual? {
    let text = Self.trimmed(typed)
    switch self {
    case .model: recipe.model = typed
    case .size: return takeSize(text, &recipe)
    case .frames: return whole(text, 1...100_001) { recipe.frameCount = $0 }
    case .fps: return whole(text, 1...240) { recipe.framesPerSecond = $0 }
    case .steps: return whole(text, 1...1000) { recipe.steps = $0 }
    case .shift: return number(text, 0.01...100) { recipe.shift = $0 }
    case .boundary: return number(text, 0...1) { recipe.boundary = $0 }
    case .guidance: return takeGuidance(text, &recipe)
    case .seed:
      guard let seed = UInt64(text) else { return Bilingual("a seed is a whole number", "种子必须是整数") }
      recipe.seed = seed
    case .sampler: return choice(text) { recipe.sampler = $0 }
    case .preset: return choice(text) { recipe.use($0) }
    case .precision: return choice(text) { recipe.precision = $0 }
    case .speed: return choice(text) { recipe.use($0) }
    }
    return nil
  }

  private func takeSize(_ text: String, _ recipe: inout Recipe) -> Bilingual? {
    let sides = Self.parts(text.lowercased(), at: "x×*").map { Int($0) }
    guard sides.count == 2, let width = sides[0], let height = sides[1],
      (1...8192).contains(width), (1...8192).contains(height)
    else {
      return Bilingual("a size is WIDTHxHEIGHT, as in 832x480", "尺寸写作 宽x高，例如 832x480")
    }
    (recipe.width, recipe.height) = (width, height)
    return nil
  }

  private func takeGuidance(_ text: String, _ recipe: inout Recipe) -> Bilingual? {
    let scales = Self.parts(text, at: ",/，").map { Double($0) }
    guard (1...2).contains(scales.count), let high = scales[0], let low = scales[scales.count - 1],
      (0...100).contains(high), (0...100).contains(low)
    else { return Bilingual("guidance is HIGH or HIGH,LOW, as in 4,3", "引导写作 高 或 高,低，例如 4,3") }
    recipe.guidance = Guidance(high: high, low: low)
    return nil
  }

  private static func parts(_ text: String, at separators: String) -> [String] {
    text.split { separators.contains($0) }.map(trimmed)
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    let end = text.lastIndex { !$0.isWhitespace }.map { text.index(after: $0) } ?? text.startIndex
    return String(text[..<end].drop { $0.isWhitespace })
  }

  private func whole(_ text: String, _ range: ClosedRange<Int>, _ set: (Int) -> Void) -> Bilingual? {
    guard let value = Int(text), range.contains(value) else {
      return Bilingual(
        "a whole number from \(range.lowerBound) to \(range.upperBound)",
        "请输入 \(range.lowerBound) 到 \(range.upperBound) 的整数")
    }
    set(value)
    return nil
  }

  private func number(_ text: String, _ range: ClosedRange<Double>, _ set: (Double) -> Void) -> Bilingual? {
    guard let value = Double(text), range.contains(value) else {
      let (low, high) = (Numbers.plain(range.lowerBound), Numbers.plain(range.upperBound))
      return Bilingual("a number from \(low) to \(high)", "请输入 \(low) 到 \(high) 的数")
    }
    set(value)
    return nil
  }

  private func choice<Value: RawRepresentable & CaseIterable>(_ text: String, _ set: (Value) -> Void) -> Bilingual?
  where Value.RawValue == String {
    let first = text.isEmpty ? nil : Value.allCases.first { $0.rawValue.hasPrefix(text.lowercased()) }
    guard let value = first else {
      let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
      return Bilingual("one of \(names)", "可选：\(names)")
    }
    set(value)
    return nil
  }
}

/// Draft, balanced, final: how much a render may cost, measured by the model's own settings.
enum QualityPreset: CaseIterable {
  case draft, balanced, final

  func apply(to recipe: inout Recipe, defaults: Recipe, on grid: ClipGrid) {
    // What was distilled to few steps has no other number of them.
    let steps = recipe.steps
    defer { if recipe.preset == .distilled { recipe.steps = steps } }
    switch self {
    case .draft:
      recipe.steps = max(4, defaults.steps * 2 / 5)
      recipe.frameCount = max(1 + grid.frames, grid.frameCount(below: (defaults.frameCount + 1) / 2))
    case .balanced: (recipe.steps, recipe.frameCount) = (defaults.steps, defaults.frameCount)
    case .final:
      recipe.steps = defaults.steps * 3 / 2
      recipe.frameCount = max(recipe.frameCount, defaults.frameCount)
    }
  }

  var title: Bilingual {
    switch self {
    case .draft: Bilingual("draft", "草稿")
    case .balanced: Bilingual("balanced", "均衡")
    case .final: Bilingual("final", "成片")
    }
  }
}
