public import Rendering
public import WanModel

/// Where a model is: what a name stands for, and what a recipe keeps.
public struct ModelLocation: Codable, Hashable, Sendable {
  /// Its folder, or one of its files.
  public var path: String
  /// Experts that were chosen one by one.
  public var experts: ExpertFiles?

  public init(path: String, experts: ExpertFiles? = nil) {
    self.path = path
    self.experts = experts
  }

  /// Looks where its parts lie.
  public var folder: ModelFolder {
    ModelFolder(path: path, experts: ChosenExperts(high: experts?.high, low: experts?.low))
  }

  /// One line for each file that was named: the same for the same model.
  var key: String { [path, experts?.high, experts?.low].compactMap { $0 }.joined(separator: "\n") }
}
