import Dispatch
import Rendering

/// Makes plans one after the other on a thread of its own, so that nothing else waits for an expensive one.
///
/// A plan whose task is cancelled, because the settings have changed, is not begun; one that is being made tries no
/// further proposals.
struct PlanDesk: Sendable {
  private let queue = DispatchQueue(label: "plans", qos: .userInitiated)

  func verdict(_ recipe: Recipe, by engine: any RenderEngine) async -> (plan: Plan?, verdict: PlanAdvisor.Verdict) {
    let isSuperseded = OnceSet()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        queue.async {
          continuation.resume(
            returning: PlanAdvisor.verdict(recipe, on: engine.grid) { recipe in
              guard !isSuperseded.isSet else {
                throw RenderError(.cancelled, "the plan of other settings took the place of this one")
              }
              return try engine.plan(recipe)
            })
        }
      }
    } onCancel: {
      isSuperseded.set()
    }
  }
}
