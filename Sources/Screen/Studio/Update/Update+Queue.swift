import Prompting
import Rendering

extension StudioState {
  mutating func performInQueue(_ action: Action) -> [Effect] {
    switch action {
    case .up: queue.selection = max(0, queue.selection - 1)
    case .down: queue.selection = max(0, min(queue.jobs.count - 1, queue.selection + 1))
    case .first, .pageUp: queue.selection = 0
    case .last, .pageDown: queue.selection = max(0, queue.jobs.count - 1)
    case .loadIntoComposer: return queue.selected.map { load($0) } ?? []
    case .delete:
      guard let job = queue.selected else { return [] }
      if job.state == .running { return perform(.cancelRender) }
      return [.cancel(job.id)]
    default: break
    }
    return []
  }

  /// What runs and waits. A job that runs in another process is watched through the ledger.
  mutating func receive(queue jobs: [Job]) -> [Effect] {
    queue.jobs = jobs
    queue.selection = max(0, min(jobs.count - 1, queue.selection))
    guard let running = queue.running else {
      // Its end was told by the ledger only.
      if let watch = render.watch, watch.isForeign {
        render.watch = nil
        return [.readTotals]
      }
      return []
    }
    if var watch = render.watch, watch.job.id == running.id {
      watch.job.isCancelling = running.isCancelling
      if watch.isForeign, let progress = running.progress { watch.take(progress, now: now) }
      render.watch = watch
      return watch.isForeign ? [.readThumbnail(running.id)] : []
    }
    guard render.watch == nil else { return [] }
    render.watch = RenderWatch(running, now: now)
    render.watch?.isForeign = true
    return [.readThumbnail(running.id)]
  }
}
