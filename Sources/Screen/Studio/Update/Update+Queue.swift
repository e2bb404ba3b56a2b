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
    case .delete: return queue.selected.map { takeOut($0) } ?? []
    default: break
    }
    return []
  }

  /// Which one it was is said: the list moves while one looks at it.
  private mutating func takeOut(_ job: Job) -> [Effect] {
    if job.state == .running { return perform(.cancelRender) }
    notice = Notice(.plain, "#\(job.id) was taken out of the queue", "#\(job.id) 已移出队列")
    return [.cancel(job.id)]
  }

  /// What runs and waits. A job that runs in another process is watched through the ledger.
  mutating func receive(queue jobs: [Job]) -> [Effect] {
    queue.take(jobs)
    guard let running = queue.running else {
      // Its end was told by the ledger only.
      if let watch = render.watch, watch.isForeign { return [.readJob(watch.job.id), .readTotals] }
      return []
    }
    if var watch = render.watch, watch.job.id == running.id {
      watch.job.isCancelling = running.isCancelling
      if watch.isForeign, let progress = running.progress { watch.take(progress, now: now) }
      render.watch = watch
      return watch.isForeign ? [.readThumbnail(running.id)] : []
    }
    guard render.watch?.isForeign ?? true else { return [] }
    render.watch = RenderWatch(running, now: now)
    render.watch?.isForeign = true
    return [.readThumbnail(running.id)]
  }
}
