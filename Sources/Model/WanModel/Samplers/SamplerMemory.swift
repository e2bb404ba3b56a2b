/// What a sampler remembers between two steps, so that a walk can be broken off and gone on with elsewhere.
public struct SamplerMemory: Hashable, Sendable {
  /// How many steps have been done.
  public var stepIndex: Int
  /// The order of the last prediction; 0 for solvers that have only one.
  public var lastOrder: Int
  /// Arrays as long as the sample: clean predictions, oldest first, and whatever else the solver starts from.
  public var values: [[Float]]

  public init(stepIndex: Int, lastOrder: Int = 0, values: [[Float]] = []) {
    self.stepIndex = stepIndex
    self.lastOrder = lastOrder
    self.values = values
  }
}
