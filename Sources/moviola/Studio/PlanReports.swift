import Foundation
import History
import LocalEngine
import Rendering
import Studio

/// What a recipe needs against what there is: memory, disk, and time as past renders tell it.
struct PlanReports: Sendable {
  let desk: ModelDesk
  let ledger: Ledger
  let renders: URL
  private let plans = PlanDesk()

  init(desk: ModelDesk, ledger: Ledger, renders: URL) {
    (self.desk, self.ledger, self.renders) = (desk, ledger, renders)
  }

  func report(_ recipe: Recipe) async -> PlanReport {
    do {
      let engine = try await desk.open(recipe.modelReference).engine
      let (plan, verdict) = await plans.verdict(recipe, by: engine)
      return PlanReport(
        plan: plan, grid: engine.grid, verdict: verdict, availableBytes: plan?.memoryLimit,
        freeDiskBytes: Disk.freeBytes(at: renders.path(percentEncoded: false)), pace: try? await ledger.pace(recipe),
        speed: try? await ledger.speed(recipe))
    } catch {
      return PlanReport(plan: nil, verdict: .impossible(Self.refusal(error)))
    }
  }

  private static func refusal(_ error: any Error) -> RenderError {
    (error as? RenderError) ?? RenderError(.badModel, Failure(error).sentence)
  }
}
