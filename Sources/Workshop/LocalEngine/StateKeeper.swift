import Rendering
import WanModel

/// Decides when the state of one render is written: when so much work would be lost that writing it pays.
final class StateKeeper {
  /// Work that may be lost.
  static let risk = Duration.seconds(10)

  private let shelf: StateShelf
  private var recipe: Recipe
  /// The model's fingerprint.
  private let weights: () throws -> String
  private let risk: Duration
  private var newest: DenoisingState?
  private var writtenAt = ContinuousClock.now
  /// Why a state could not be written, once.
  private(set) var problem: String?

  /// - Parameter weights: the model's fingerprint, which may take a while; asked for when a state is found or written.
  init(
    _ shelf: StateShelf, _ recipe: Recipe, weights: @escaping () throws -> String, risk: Duration = StateKeeper.risk
  ) {
    (self.shelf, self.recipe, self.weights, self.risk) = (shelf, recipe, weights, risk)
    self.recipe.modelFingerprint = nil  // it is unknown before a recipe's first render, and known in its second
  }

  func find(shape: [Int]) throws -> DenoisingState? { try shelf.find(recipe, weights: weights(), shape: shape) }

  func take(_ state: DenoisingState) {
    newest = state
    if ContinuousClock.now - writtenAt >= risk { write() }
  }

  /// The render breaks off or goes on without us: what is worth it is written now.
  func breakOff() {
    if ContinuousClock.now - writtenAt >= risk || newest?.stepsDone == recipe.steps { write() }
  }

  /// The frames are out: nothing is left to go on with.
  func finish() { shelf.remove(recipe) }

  private func write() {
    guard let state = newest else { return }
    writtenAt = .now
    newest = nil
    do { try shelf.keep(state, of: recipe, weights: weights()) } catch {
      problem = "the state of this render cannot be kept: \(EngineFailure.renderError(error).sentence)"
    }
  }
}
