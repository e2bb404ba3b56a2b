import Foundation
import Prompting
import Rendering

extension StudioState {
  /// What is in Compose, as a recipe; a random seed is thrown now.
  mutating func composedRecipe() -> Recipe {
    var recipe = settings.recipe
    recipe.prompt = compose.prompt(options.language)
    recipe.negativePrompt = compose[.negative].isEmpty ? settings.defaults.negativePrompt : compose[.negative].text
    recipe.modelFingerprint = nil
    if settings.hasRandomSeed { recipe.seed = UInt64.random(in: 0...UInt64(UInt32.max)) }
    settings.recipe.seed = recipe.seed
    return recipe
  }

  mutating func startRender() -> [Effect] {
    layers.removeAll { $0 == .welcome }
    let recipe = composedRecipe()
    remember(recipe.seed)
    return [.enqueue([NewJob(recipe, parent: compose.parent)], nil)] + saveDraft()
  }

  private mutating func remember(_ seed: UInt64) {
    settings.seeds.removeAll { $0 == seed }
    settings.seeds.insert(seed, at: 0)
    settings.seeds = Array(settings.seeds.prefix(20))
  }

  mutating func enqueued(_ jobs: [Job]) -> [Effect] {
    guard let first = jobs.first else { return [] }
    let isBusy = render.watch != nil
    let number = jobs.count > 1 ? "#\(first.id)–#\(jobs[jobs.count - 1].id)" : "#\(first.id)"
    guard jobs.count == 1 else {
      notice = Notice(.good, "\(number): \(jobs.count) renders are in the queue", "\(number)：\(jobs.count) 个渲染已加入队列")
      return [.readQueue, .readTotals]
    }
    notice =
      isBusy
      ? Notice(.good, "\(number) waits in the queue", "\(number) 已加入队列")
      : Notice(.good, "\(number) starts", "\(number) 开始渲染")
    return [.readQueue, .readTotals]
  }

  mutating func receive(_ news: RenderNews) -> [Effect] {
    switch news {
    case .started(let job):
      render.watch = RenderWatch(job, now: now)
      render.memory.clear()
      render.frame = 0
      return [.readQueue, .readMemory]
    case .event(let id, let event): watching(id) { $0.take(event, now: $1) }
    case .checking(let id): watching(id) { $0.takeChecking($1) }
    case .warning(let id, let text): watching(id) { watch, _ in watch.takeWarning(text) }
    case .ended(let job): return ended(job)
    }
    return []
  }

  /// One job from the ledger: a parent that was asked for, or one that ended in another process.
  mutating func receive(_ job: Job) -> [Effect] {
    history.parents[job.id] = job
    guard let watch = render.watch, watch.isForeign, watch.job.id == job.id, job.state.isOver else { return [] }
    return ended(job)
  }

  /// Of a render in another process, the ledger knows the memory.
  mutating func receive(_ reading: MemoryReading) {
    var reading = reading
    if render.watch?.isForeign == true { reading.engineBytes = queue.running?.progress?.residentBytes }
    // Nothing renders in no memory: it is not known yet.
    if reading.engineBytes == 0 { reading.engineBytes = nil }
    render.memory.add(reading)
  }

  private mutating func watching(_ id: Job.ID, _ change: (inout RenderWatch, Date) -> Void) {
    guard var watch = render.watch, watch.job.id == id else { return }
    change(&watch, now)
    render.watch = watch
  }

  private mutating func ended(_ job: Job) -> [Effect] {
    if var watch = render.watch, watch.job.id == job.id {
      watch.end(job, now)
      render.last = watch
      render.watch = nil
    }
    notice = endNotice(job)
    return [.readQueue, .readTotals, .readThumbnail(job.id)] + (history.jobs.isEmpty ? [] : queryHistory())
      + askForPlan()
  }

  private func endNotice(_ job: Job) -> Notice? {
    switch job.state {
    case .done:
      let time = Numbers.time(job.result?.seconds.total)
      return Notice(.good, "#\(job.id) is done after \(time); F3 shows it", "#\(job.id) 已完成，用时 \(time)；按 F3 查看")
    case .failed, .interrupted:
      let why = job.failure?.what ?? "—"
      return Notice(.bad, "#\(job.id) failed: \(why)", "#\(job.id) 失败：\(why)")
    case .cancelled: return Notice(.plain, "#\(job.id) was stopped", "#\(job.id) 已停止")
    case .queued, .running: return nil
    }
  }

  /// Time passes only while something moves.
  mutating func tick() -> [Effect] {
    expireNotice()
    if isPlaying { render.frame += 1 }
    if playsThumbnail { history.framesPlayed += 1 }
    if playsSheet, case .batch(var sheet) = layers.last {
      sheet.framesPlayed += 1
      layers[layers.count - 1] = .batch(sheet)
    }
    let second = Int(now.timeIntervalSince1970)
    guard render.watch != nil, second != lastMemorySecond else { return [] }
    lastMemorySecond = second
    return [.readMemory]
  }
}
