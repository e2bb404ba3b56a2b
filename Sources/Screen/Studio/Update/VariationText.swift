import Prompting
import Rendering

/// Variations as they are typed: "seeds 4", "shift 3 5 8", "guidance high 3,4,5".
enum VariationText {
  struct Problem: Error { var text: Bilingual }
  static let most = 16

  /// One number up to here is how many seeds; nobody means to render more, so that a larger one is a seed.
  private static let largestCount: UInt64 = 999

  /// - Parameter seed: the first of several seeds.
  static func parse(_ text: String, seed: UInt64) -> Result<Variations, Problem> {
    let words = text.lowercased().split { $0.isWhitespace || ",，".contains($0) }.map(String.init)
    let numbers = words.drop { Double($0) == nil }
    let name = words.prefix(words.count - numbers.count).joined(separator: " ")
    let values = numbers.compactMap { Double($0) }
    guard !values.isEmpty, values.count == numbers.count else {
      return problem("a name and numbers, as in \"seeds 4\" or \"shift 3 5 8\"", "请输入名称和数值，例如“seeds 4”或“shift 3 5 8”")
    }
    if ["seed", "seeds"].contains(name) { return seeds(Array(numbers), from: seed) }
    guard let parameter = Variations.Parameter(rawValue: name) else {
      let known = Variations.Parameter.allCases.map(\.rawValue).joined(separator: ", ")
      return problem("\"\(name)\" is not one of seeds, \(known)", "“\(name)”不在可选项中：seeds, \(known)")
    }
    guard values.count <= most else { return tooMany }
    guard values.allSatisfy({ $0.isFinite && (0...100_001).contains($0) }) else {
      return problem("numbers from 0 to 100001", "请输入 0 到 100001 的数")
    }
    if parameter.isWhole, let (typed, _) = zip(numbers, values).first(where: { $1 != $1.rounded() }) {
      return problem("\(name) are whole numbers, and \(typed) is none", "\(name) 必须是整数，\(typed) 不是")
    }
    return .success(.sweep(parameter, values))
  }

  /// One number is how many, several are the seeds. Read as they are: a seed has more digits than a Double keeps.
  private static func seeds(_ numbers: [String], from seed: UInt64) -> Result<Variations, Problem> {
    let list = numbers.compactMap { UInt64($0) }
    guard list.count == numbers.count else {
      return problem("seeds are whole numbers, 0 to \(UInt64.max)", "种子必须是 0 到 \(UInt64.max) 的整数")
    }
    guard list.count == 1, list[0] <= largestCount else { return list.count <= most ? .success(.seeds(list)) : tooMany }
    guard (1...UInt64(most)).contains(list[0]) else { return tooMany }
    return .success(.seeds((0..<list[0]).map { seed &+ $0 }))
  }

  private static var tooMany: Result<Variations, Problem> { problem("1 to \(most) at once", "一次 1 到 \(most) 个") }

  private static func problem(_ en: String, _ zh: String) -> Result<Variations, Problem> {
    .failure(Problem(text: Bilingual(en, zh)))
  }
}
