import Checkpoints

/// What the name of a weights file says: an expert for high noise levels or for low ones, and of which pair.
///
///     ExpertName("Wan2.2-T2V-A14B-HighNoise-Q4_K_M.gguf").noise          // .high
///     ExpertName("wan2.2_t2v_low_noise_14B_fp8_scaled.safetensors").pair // "wan22t2v14bfp8scaled"
///
/// Known spellings: high_noise, HighNoise, highnoise, HIGH; the folder counts where the file says nothing
/// (`HighNoise/model.gguf`).
public struct ExpertName: Hashable, Sendable {
  public enum Noise: String, Hashable, Sendable {
    case high, low

    /// "high-noise expert".
    public var title: String { "\(rawValue)-noise expert" }
    public var other: Noise { self == .high ? .low : .high }
  }

  /// nil if the name says neither, or both.
  public let noise: Noise?
  /// The name without the words that tell the two experts apart: the same for both files of a pair.
  public let pair: String

  public init(_ path: String) {
    let file = path.fileName.withoutExtension
    let words = Self.words(file)
    noise = Self.noise(words) ?? Self.noise(Self.words(path.parentFolder.fileName))
    pair = words.filter { !Self.marks.contains($0) }.joined()
  }

  private static let marks: Set = ["high", "low", "noise", "highnoise", "lownoise"]

  private static func noise(_ words: [String]) -> Noise? {
    let isHigh = words.contains { $0 == "high" || $0 == "highnoise" }
    let isLow = words.contains { $0 == "low" || $0 == "lownoise" }
    return isHigh == isLow ? nil : isHigh ? .high : .low
  }

  /// Parts between signs and at changes from small letters or digits to capitals, in small letters.
  private static func words(_ name: String) -> [String] {
    var words = [""]
    var previous: Character = " "
    for character in name {
      let isSign = !character.isLetter && !character.isNumber
      let isHump = character.isUppercase && (previous.isLowercase || previous.isNumber)
      if isSign || isHump { words.append("") }
      if !isSign { words[words.count - 1] += character.lowercased() }
      previous = character
    }
    return words.filter { !$0.isEmpty }
  }
}
