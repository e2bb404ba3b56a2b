import Foundation
public import History
import Media
public import Rendering
import Synchronization

/// Renders the jobs of the queue, one after the other, for as long as it is left to.
///
///     let runner = JobRunner(ledger, into: RenderPlace(home.renders)) { recipe in try engines.open(recipe.model) }
///     let running = Task { await runner.run { event in … } }
///     runner.retire()          // finish the job at hand, take no other
///     await running.value
///
/// Several programs may run one each on the same ledger: one renders at a time, because two would not fit into
/// memory, and the others wait. When its program goes away, another one takes over the queue. Cancelling the task
/// cancels the job at hand.
///
/// A studio whose terminal is gone (HUP) calls ``retire()`` and waits for `run` to return: the render goes on to its
/// end without a screen, and a studio that is started meanwhile sees its progress in the ledger.
public final class JobRunner: Sendable {
  public typealias Engines = @Sendable (Recipe) async throws -> any RenderEngine

  private let recorder: JobRecorder
  private let place: RenderPlace
  private let engines: Engines
  private let isRetired = Atomic(false)
  private let news: AsyncStream<Void>
  private let tell: AsyncStream<Void>.Continuation

  /// - Parameter engine: opens the engine for a recipe's model; called once for each job, it may keep one open.
  public init(
    _ ledger: Ledger, into place: RenderPlace, explaining explain: (@Sendable (any Error) -> Job.Failure)? = nil,
    engine: @escaping Engines
  ) {
    var recorder = JobRecorder(ledger)
    if let explain { recorder.explain = explain }
    (self.recorder, self.place, engines) = (recorder, place, engine)
    (news, tell) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Takes no more jobs; `run` returns when the one at hand has ended.
  public func retire() {
    isRetired.store(true, ordering: .sequentiallyConsistent)
    tell.yield()
  }

  /// Call it once.
  public func run(observing observe: @escaping @Sendable (RunnerEvent) -> Void) async {
    let ledger = recorder.ledger
    // Watched before the first look, so that nothing passes unseen between the two.
    let changes = ledger.changes()
    let watch = Task { [tell] in
      for await _ in changes { tell.yield() }
    }
    defer { watch.cancel() }
    tell.yield()
    var wait: Duration?
    var isTidy = false
    while await pass(wait), !isOver {
      do {
        if !isTidy { try await Self.tidy(ledger, place) }
        isTidy = true
        wait = try await work(observe)
      } catch {
        if isOver { return }
        observe(.trouble(JobRecorder.sentence(error)))
        wait = JobRecorder.patience
      }
    }
  }

  private var isOver: Bool { isRetired.load(ordering: .sequentiallyConsistent) || Task.isCancelled }

  /// While another program renders: it may die without a word.
  private static let foreignPause = Duration.seconds(2)

  /// Renders until there is nothing to do.
  /// - Returns: after how long to look again even if the ledger says nothing; nil for never.
  private func work(_ observe: @escaping @Sendable (RunnerEvent) -> Void) async throws -> Duration? {
    while !isOver {
      for lost in try await recorder.ledger.interruptAbandoned() { place.removeLeftovers(of: lost) }
      switch try await recorder.ledger.claim() {
      case .nothing: return nil
      case .busy(let other):
        observe(.waiting(for: other))
        return Self.foreignPause
      case .job(let job): await render(job, observe)
      }
    }
    return nil
  }

  private func render(_ job: Job, _ observe: @escaping @Sendable (RunnerEvent) -> Void) async {
    observe(.started(job))
    let result = await recorder.run(job, isPatient: true) { [engines, place] in
      let clip = place.clip(of: job)
      try place.prepare(clip)
      return RenderJob(
        job.recipe, engine: try await engines(job.recipe),
        destination: .file(clip.path(percentEncoded: false), replacing: false))
    } observing: {
      observe(.event(job.id, $0))
    }
    observe(.ended(job.id, result))
  }

  /// Waits for news, or for so long.
  /// - Returns: false when the task was cancelled.
  private func pass(_ limit: Duration?) async -> Bool {
    let alarm = limit.map { limit in
      Task { [tell] in
        try await Task.sleep(for: limit)
        tell.yield()
      }
    }
    defer { alarm?.cancel() }
    var iterator = news.makeAsyncIterator()
    return await iterator.next() != nil
  }
}

/// What a runner says.
public enum RunnerEvent: Sendable {
  case started(Job)
  case event(Job.ID, JobEvent)
  /// The end stands in the ledger.
  case ended(Job.ID, Result<Render, any Error>)
  /// Another program renders this job; the queue waits.
  case waiting(for: Job)
  /// The ledger cannot be read or written; it is tried again soon.
  case trouble(String)
}
