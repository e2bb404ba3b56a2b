/// A model as recipes name it: two recipes with the same one render with the same model.
public struct ModelReference: Codable, Hashable, Sendable {
  /// The name of the built-in model, or the folder or file of another one.
  public var model: String
  /// Experts that were chosen one by one.
  public var experts: ExpertFiles?

  public init(_ model: String, experts: ExpertFiles? = nil) {
    self.model = model
    self.experts = experts
  }
}

extension Recipe {
  public var modelReference: ModelReference { ModelReference(model, experts: experts) }
}
