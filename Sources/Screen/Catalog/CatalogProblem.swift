public import Prompting

/// A mistake in a theme or prompt file: where, and what was done instead.
public struct CatalogProblem: Error, Hashable, Sendable {
  /// The file's path; for a part of the program itself, its place in the resources.
  public var file: String
  /// From 1; nil where the file as a whole is meant.
  public var line: Int?
  public var what: Bilingual

  public init(file: String, line: Int? = nil, what: Bilingual) {
    self.file = file
    self.line = line
    self.what = what
  }

  /// "dusk.toml:12: no colour called “blu”"
  public func sentence(_ language: PromptLanguage) -> String {
    let place = line.map { "\(file):\($0)" } ?? file
    return "\(place): \(what[language])"
  }
}
