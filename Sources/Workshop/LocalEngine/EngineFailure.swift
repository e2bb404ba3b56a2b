import Checkpoints
import Rendering
import WanModel

/// Turns the errors of the model's rooms into the one that travels.
enum EngineFailure {
  static func renderError(_ error: any Error) -> RenderError {
    switch error {
    case let error as RenderError: error
    case let error as CheckpointError: RenderError(error.isOfTheSystem ? .noSpace : .badModel, error.description)
    case let error as Schedule.Failure: RenderError(.badRecipe, error.description)
    case ModelError.cancelled: RenderError(.cancelled, "cancelled")
    case ModelError.notFinite(let stage):
      RenderError(
        .numerics, "\(stage) produced NaN or infinity, though all weights are finite",
        remedy: "render with --precision reference, or with a lower guidance scale")
    case let error as ModelError: RenderError(.badModel, error.description)
    default: RenderError(.badModel, CheckpointError.reason(error))
    }
  }
}
