import Foundation
public import History
import Logging
public import Rendering

/// Renders one job of the ledger and writes down what happens to it.
///
///     let recorder = JobRecorder(ledger)
///     let (job, render) = try await recorder.run(RenderJob(recipe, engine: engine, destination: place)) { event in … }
///
/// How far it is stands in the ledger twice a second, with a sign of life at least every 15 seconds. Someone who
/// cancels the job there, in whatever process, stops it here. A ledger that cannot be written never stops a render.
public struct JobRecorder: Sendable {
  public let ledger: Ledger
  /// Turns what is no ``RenderError`` into a sentence.
  public var explain: @Sendable (any Error) -> Job.Failure = { Job.Failure(code: nil, what: "\($0)") }

  /// Between two writes of the progress; between two signs of life; between two previews.
  static let pause = Duration.milliseconds(500)
  static let beat = Duration.seconds(15)
  static let previewPause = Duration.seconds(1)
  /// After the ledger could not be written.
  static let patience = Duration.seconds(5)

  private static let logger = Logger(label: "moviola.jobs")

  public init(_ ledger: Ledger) { self.ledger = ledger }

  /// Renders beside the queue, as `moviola render` does.
  ///
  /// Its parent is the newest job that made the clip of ``RenderJob/origin``.
  /// - Returns: the job's number, nil if the ledger could not take it: a warning then says why.
  public func run(
    _ render: RenderJob, observing observe: @escaping @Sendable (JobEvent) -> Void
  ) async throws -> (job: Job.ID?, Render) {
    let job: Job
    do {
      try await ledger.interruptAbandoned()
      let parent = if let origin = render.origin { try await ledger.maker(of: origin) } else { Job.ID?.none }
      job = try await ledger.begin(NewJob(render.recipe, parent: parent))
    } catch {
      observe(.warning("this render is not in the history: \(Self.sentence(error))"))
      return (nil, try await render.run(observing: observe))
    }
    return (job.id, try await run(job, isPatient: false, { render }, observing: observe).get())
  }

  /// Renders a job that was claimed. Its end stands in the ledger when this returns.
  /// - Parameter prepare: opens the engine and says where the clip goes; what it throws is the job's failure.
  /// - Parameter isPatient: whether to wait until the end can be written, as the queue must: the next job is not
  ///   begun before.
  func run(
    _ job: Job, isPatient: Bool, _ prepare: @escaping @Sendable () async throws -> RenderJob,
    observing observe: @escaping @Sendable (JobEvent) -> Void
  ) async -> Result<Render, any Error> {
    let keeper = SharedProgress(job.recipe)
    let log = JobLog(job, Self.logger)
    log.begin(job.recipe)
    let (news, tell) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    // A task of its own: cancelling this one must stop the render, and must not stop the writing of how it ended.
    let work = Task {
      try await prepare().run { event in
        keeper.take(event)
        log.take(event)
        tell.yield()
        observe(event)
      }
    }
    let diary = Task { await self.report(job.id, keeper, news, stop: work.cancel) }
    let changes = ledger.changes()
    let orders = Task { await obeyOrders(for: job.id, changes, stop: work.cancel) }
    let pulse = Task { await Self.beat { tell.yield() } }
    let result = await withTaskCancellationHandler {
      await work.result
    } onCancel: {
      work.cancel()
    }
    log.end(result)
    for task in [diary, orders, pulse] { task.cancel() }
    await diary.value
    let last = keeper.now
    while await !Task(operation: { await end(job, result, last, observe) }).value, isPatient {
      do { try await Task.sleep(for: Self.patience) } catch { break }
    }
    return result
  }
}

// What goes on beside the render, until it is cancelled.
extension JobRecorder {
  private func report(
    _ id: Job.ID, _ keeper: SharedProgress, _ news: AsyncStream<Void>, stop: @Sendable () -> Void
  ) async {
    var (shown, shownAt): (Thumbnail?, ContinuousClock.Instant?)
    for await _ in news {
      let now = keeper.now
      var preview: Thumbnail?
      if now.thumbnail != shown, shownAt.map({ .now - $0 >= Self.previewPause }) ?? true {
        (preview, shown, shownAt) = (now.thumbnail, now.thumbnail, .now)
      }
      // A full disk or a busy ledger is said when the job ends, if it still is so then.
      if (try? await ledger.report(now.progress, of: id, preview: preview)) == true { stop() }
      do { try await Task.sleep(for: Self.pause) } catch { return }
    }
  }

  /// A long step says nothing for minutes: being cancelled must not wait for it.
  private func obeyOrders(for id: Job.ID, _ changes: AsyncStream<Void>, stop: @Sendable () -> Void) async {
    for await _ in changes where (try? await ledger.isCancelling(id)) == true { stop() }
  }

  private static func beat(_ tell: @Sendable () -> Void) async {
    while (try? await Task.sleep(for: beat)) != nil { tell() }
  }

  /// - Returns: whether it is written.
  private func end(
    _ job: Job, _ result: Result<Render, any Error>, _ last: ProgressKeeper,
    _ observe: @Sendable (JobEvent) -> Void
  ) async -> Bool {
    do {
      if case .failure = result { _ = try await ledger.report(last.progress, of: job.id) }
      let warnings = last.warnings + (await surprise(job, result).map { [$0] } ?? [])
      try await ledger.finish(job.id, outcome(of: result), warnings: warnings, thumbnail: last.thumbnail)
      return true
    } catch {
      observe(.warning("how this render ended is not in the history: \(Self.sentence(error))"))
      return false
    }
  }

  /// Why a job that was rendered again has other frames than the first time; nil if it has not, or is another clip.
  private func surprise(_ job: Job, _ result: Result<Render, any Error>) async -> String? {
    guard case .success(let render) = result, let number = job.parent,
      let parent = try? await ledger.job(number), let before = parent.result?.framesSHA256
    else { return nil }
    let same = JobDifference(from: parent.recipe, to: render.recipe)
    guard let reason = same.reasonForOtherFrames(before, render.framesSHA256) else { return nil }
    return "other frames than #\(number): \(reason)"
  }

  private func outcome(of result: Result<Render, any Error>) -> JobOutcome {
    switch result {
    case .success(let render): .done(Self.placed(render), clipBytes: Self.size(of: render.output))
    case .failure(let error as RenderError) where error.code == .cancelled: .cancelled
    case .failure(is CancellationError): .cancelled
    case .failure(let error as RenderError): .failed(Job.Failure(error))
    case .failure(let error): .failed(explain(error))
    }
  }

  /// With the whole path of its clip: whoever looks for it later stands somewhere else.
  private static func placed(_ render: Render) -> Render {
    guard render.output != "-" else { return render }
    var placed = render
    placed.output = URL(filePath: render.output).standardizedFileURL.path(percentEncoded: false)
    return placed
  }

  private static func size(of path: String) -> Int {
    let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    return size ?? 0
  }

  static func sentence(_ error: any Error) -> String { (error as? RenderError)?.sentence ?? "\(error)" }
}
