import Rendering
import Synchronization

/// What a job's events say, as one state: how far it is, and how its clip looks.
struct ProgressKeeper {
  private(set) var progress = JobProgress()
  private(set) var warnings: [String] = []
  /// The newest preview; as soon as there are frames, of those.
  var thumbnail: Thumbnail? { maker.thumbnail ?? preview }

  private let recipe: Recipe
  private let start = ContinuousClock.now
  private var maker: ThumbnailMaker
  private var preview: Thumbnail?
  private var stepSeconds = 0.0
  private var stepsTimed = 0

  init(_ recipe: Recipe) {
    self.recipe = recipe
    maker = ThumbnailMaker(recipe)
  }

  mutating func take(_ event: JobEvent) {
    progress.elapsed = (ContinuousClock.now - start).seconds
    switch event {
    case .warning(let text): warnings.append(text)
    case .checking: enter(.check, 0, 0)
    case .engine(let event): take(event)
    }
  }

  private mutating func take(_ event: RenderEvent) {
    switch event {
    case .remark(let text): warnings.append(text)
    case .planned, .finished: break
    case .loading(let loading):
      enter(.loading, loading.bytesDone, loading.bytesTotal, loading.component)
      if loading.component == .textEncoder && loading.bytesDone >= loading.bytesTotal { enter(.text, 0, 0) }
    case .textEncoded: enter(.text, 1, 1, .textEncoder)
    case .step(let step): take(step)
    case .decoding(let decoding): enter(.decode, decoding.framesDone, decoding.frameCount, .vae)
    case .frames(let frames): for frame in frames { maker.take(frame) }
    }
  }

  private mutating func take(_ step: DenoisingStep) {
    stepSeconds += step.seconds
    stepsTimed += 1
    enter(.denoise, step.index, step.count, step.expert)
    progress.sigma = step.sigma
    progress.secondsPerStep = stepSeconds / Double(stepsTimed)
    if let newest = ThumbnailMaker.preview(step.preview, of: recipe) { preview = newest }
  }

  private mutating func enter(_ stage: JobProgress.Stage, _ done: Int, _ total: Int, _ component: Component? = nil) {
    (progress.stage, progress.done, progress.total, progress.component) = (stage, done, total, component)
    progress.residentBytes = ProcessMemory.residentBytes
  }
}

/// A ``ProgressKeeper`` that the job fills and others look at.
final class SharedProgress: Sendable {
  private let keeper: Mutex<ProgressKeeper>

  init(_ recipe: Recipe) { keeper = Mutex(ProgressKeeper(recipe)) }

  func take(_ event: JobEvent) { keeper.withLock { $0.take(event) } }
  var now: ProgressKeeper { keeper.withLock { $0 } }
}
