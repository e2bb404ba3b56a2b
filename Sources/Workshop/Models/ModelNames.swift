import Rendering

/// The names that a person gave to models, and the model that the studio opens with.
struct ModelNames: Codable, Hashable, Sendable {
  var version = 1
  /// Name → what it stands for.
  var aliases: [String: ModelLocation] = [:]
  var active: ModelLocation?

  static let longestName = 64

  /// - Throws: ``RenderError`` if a name cannot be one: it would be taken for a path, an option or nothing.
  static func check(_ name: String) throws(RenderError) {
    guard !name.isEmpty, name.count <= longestName, name.unicodeScalars.allSatisfy(isPlain), !name.hasPrefix("-"),
      !name.hasPrefix(".")
    else {
      throw RenderError(
        .badModel, "\"\(name.prefix(80))\" cannot be a model's name",
        remedy:
          "give it one with --name: up to \(longestName) letters, digits, dots, dashes and underscores, beginning "
          + "with none of \".\" and \"-\"")
    }
  }

  /// Letters and digits of every script, with their accents.
  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
      .spacingMark, .decimalNumber, .letterNumber, .otherNumber:
      true
    default: ".-_".unicodeScalars.contains(scalar)
    }
  }

  mutating func add(_ name: String, _ location: ModelLocation) throws(RenderError) {
    try Self.check(name)
    if let other = aliases[name], other != location {
      throw RenderError(
        .badModel, "\(name) stands for \(other.path) already",
        remedy: "give another name, or moviola models remove \(name)")
    }
    aliases[name] = location
  }
}
