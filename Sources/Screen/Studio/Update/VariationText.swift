import Prompting
import Rendering

/// Variations as they are typed: "seeds 4", "shift 3 5 8", "guidance high 3,4,5".
enum VariationText {
  struct Problem: Error { var text: Bilingual }
  static let most = 16

  /// - Parameter seed: the first of several seeds.
  static func parse(_ text: String, seed: UInt64) -> Result<Variations, Problem> {
    let words = text.lowercased().split { $0.isWhitespace || ",，".contains($0) }.map(String.init)
    let numbers = words.drop { Double($0) == nil }
    let name = words.prefix(words.count - numbers.count).joined(separator: " ")
    let values = numbers.compactMap { Double($0) }
    guard !values.isEmpty, values.count == numbers.count else {
      return problem("a name and numbers, as in \"seeds 4\" or \"shift 3 5 8\"", "请输入名称和数值，例如“seeds 4”或“shift 3 5 8”")
    }
    if ["seed", "seeds"].contains(name) { return seeds(values, from: seed) }
    guard let parameter = Variations.Parameter(rawValue: name) else {
      let known = Variations.Parameter.allCases.map(\.rawValue).joined(separator: ", ")
      return problem("\"\(name)\" is not one of seeds, \(known)", "“\(name)”不在可选项中：seeds, \(known)")
    }
    guard values.count <= most else { return tooMany }
    guard values.allSatisfy({ $0.isFinite && (0...100_001).contains($0) }) else {
      return problem("numbers from 0 to 100001", "请输入 0 到 100001 的数")
    }
    return .success(.sweep(parameter, values))
  }

  /// One number is how many, several are the seeds.
  private static func seeds(_ values: [Double], from seed: UInt64) -> Result<Variations, Problem> {
    let list: [UInt64?]
    if values.count == 1 {
      guard let count = Int(exactly: values[0]), (1...most).contains(count) else { return tooMany }
      list = (0..<count).map { seed &+ UInt64($0) }
    } else {
      list = values.map { UInt64(exactly: $0) }
    }
    let seeds = list.compactMap { $0 }
    guard seeds.count == list.count else { return problem("seeds are whole numbers", "种子必须是整数") }
    return seeds.count <= most ? .success(.seeds(seeds)) : tooMany
  }

  private static var tooMany: Result<Variations, Problem> { problem("1 to \(most) at once", "一次 1 到 \(most) 个") }

  private static func problem(_ en: String, _ zh: String) -> Result<Variations, Problem> {
    .failure(Problem(text: Bilingual(en, zh)))
  }
}
