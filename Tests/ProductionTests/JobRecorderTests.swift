import FakeEngine
import Foundation
import History
import Media
import Rendering
import Synchronization
import Testing

@testable import Production

@Suite(.timeLimit(.minutes(1))) struct JobRecorderTests {
  private func job(_ studio: Studio, _ engine: FakeEngine = FakeEngine(), steps: Int = 3) -> RenderJob {
    RenderJob(
      studio.recipe("a star", steps: steps), engine: engine,
      destination: .file(studio.folder.path + "/out.mp4", replacing: false))
  }

  @Test func aRenderBesideTheQueueIsInTheHistory() async throws {
    try await withStudio { studio in
      let names = Mutex<[String]>([])
      let (id, render) = try await JobRecorder(studio.ledger).run(job(studio)) { event in
        names.withLock { $0.append(event.name) }
      }
      let number = try #require(id)
      let job = try #require(try await studio.ledger.job(number))
      #expect(job.state == .done && job.parent == nil && job.result?.clip == render.output)
      #expect(job.result?.framesSHA256 == render.framesSHA256)
      #expect(names.withLock { $0.count { $0 == "step" } } == 3)
    }
  }

  /// A render beside the queue cleans up after those that were killed, too.
  @Test func aJobWhoseProgramIsGoneIsInterrupted() async throws {
    try await withStudio { studio in
      let current = ProcessOwner.current
      let gone = ProcessOwner(
        pid: current.pid, startedAtTick: current.startedAtTick + 1, boot: current.boot, namespace: current.namespace,
        host: current.host)
      let lost = try await studio.ledger.begin(NewJob(studio.recipe("a star", steps: 3)), for: gone)
      _ = try await JobRecorder(studio.ledger).run(job(studio)) { _ in }
      #expect(try await studio.ledger.job(lost.id)?.state == .interrupted)
    }
  }

  @Test func aClipRenderedAgainIsAChildOfTheNewestJobThatMadeIt() async throws {
    try await withStudio { studio in
      let recorder = JobRecorder(studio.ledger)
      for _ in 1...2 { _ = try await recorder.run(job(studio)) { _ in } }
      let embedded = try ClipMetadata.recipe(of: studio.folder.path + "/out.mp4")
      var other = embedded
      other.seed &+= 1
      for (origin, parent) in [(embedded, Job.ID(2)), (other, nil)] {
        var again = job(studio, steps: 2)
        again.origin = origin
        let id = try #require(try await recorder.run(again) { _ in }.job)
        #expect(try await studio.ledger.job(id)?.parent == parent)
      }
    }
  }

  @Test func aRerunGivesTheSameFramesOrSaysWhyNot() async throws {
    try await withStudio { studio in
      let first = try await studio.add("a star")[0]
      try await studio.drain(studio.runner())
      let done = try #require(try await studio.ledger.job(first))
      var other = FakeEngine()
      other.fingerprint = "retrained"
      other.shade = 3
      for (engine, warning) in [(FakeEngine(), nil), (other, "other frames than #1: the model's weights changed")] {
        let again = try await studio.ledger.add([NewJob(done.recipe, parent: first)])[0].id
        try await studio.drain(studio.runner(engine))
        let job = try #require(try await studio.ledger.job(again))
        #expect((job.result?.framesSHA256 == done.result?.framesSHA256) == (warning == nil))
        #expect(job.warnings.contains { $0.hasPrefix("other frames") } == (warning != nil))
        if let warning { #expect(job.warnings.contains { $0.hasPrefix(warning) }) }
      }
    }
  }

  @Test func theClipIsFoundFromAnyFolder() async throws {
    try await withStudio { studio in
      let name = "moviola-test-\(UUID().uuidString).mp4"
      let render = RenderJob(
        studio.recipe("a star"), engine: FakeEngine(), destination: .file(name, replacing: false))
      defer { try? FileManager.default.removeItem(atPath: name) }
      let (id, result) = try await JobRecorder(studio.ledger).run(render) { _ in }
      #expect(result.output == name)
      let number = try #require(id)
      let clip = try await studio.ledger.job(number)?.result?.clip
      #expect(clip == FileManager.default.currentDirectoryPath + "/" + name)
    }
  }

  @Test func itsErrorIsThrownAndWritten() async throws {
    try await withStudio { studio in
      var engine = FakeEngine()
      engine.planError = RenderError(.badModel, "no transformer")
      await #expect(throws: RenderError(.badModel, "no transformer")) {
        _ = try await JobRecorder(studio.ledger).run(job(studio, engine)) { _ in }
      }
      let failed = try #require(try await studio.ledger.page(JobQuery()).jobs.first)
      #expect(failed.state == .failed && failed.failure?.code == .badModel)
    }
  }

  @Test func cancellingIsWrittenDown() async throws {
    try await withStudio { studio in
      var engine = FakeEngine()
      engine.pause = 0.02
      let task = Task { [engine] in
        try await JobRecorder(studio.ledger).run(job(studio, engine, steps: 1000)) { _ in }
      }
      try await studio.wait { try await studio.ledger.page(JobQuery()).jobs.first?.progress?.stage == .denoise }
      task.cancel()
      await #expect(throws: RenderError.self) { _ = try await task.value }
      #expect(try await studio.ledger.totals() == [.cancelled: 1])
    }
  }

  @Test func aLedgerThatCannotBeWrittenStopsNothing() async throws {
    try await withStudio { studio in
      try await studio.breakLedger()
      let warnings = Mutex<[String]>([])
      let (id, render) = try await JobRecorder(studio.ledger).run(job(studio)) { event in
        if case .warning(let text) = event { warnings.withLock { $0.append(text) } }
      }
      #expect(id == nil && FileManager.default.fileExists(atPath: render.output))
      #expect(warnings.withLock { $0.first }?.contains("not in the history") == true)
    }
  }
}

@Suite struct ProgressKeeperTests {
  private let recipe = Recipe(prompt: "a", model: "m", width: 64, height: 48, frameCount: 9, framesPerSecond: 8)

  @Test func eventsBecomeAPlace() {
    var keeper = ProgressKeeper(recipe)
    #expect(keeper.progress.stage == .preparing && keeper.thumbnail == nil)
    keeper.take(.engine(.loading(Loading(component: .textEncoder, bytesDone: 1, bytesTotal: 2))))
    #expect(keeper.progress.stage == .loading && keeper.progress.done == 1 && keeper.progress.total == 2)
    keeper.take(.engine(.loading(Loading(component: .textEncoder, bytesDone: 2, bytesTotal: 2))))
    #expect(keeper.progress.stage == .text)
    for (index, seconds) in [(1, 2.0), (2, 4.0)] {
      let grey = Frame(width: 8, height: 6, rgb: [UInt8](repeating: UInt8(index), count: 144))
      keeper.take(
        .engine(
          .step(
            DenoisingStep(
              index: index, count: 5, expert: .lowNoiseExpert, sigma: 0.5, timestep: 500, seconds: seconds,
              preview: [grey, grey]))))
    }
    #expect(keeper.progress.stage == .denoise && keeper.progress.done == 2 && keeper.progress.total == 5)
    #expect(keeper.progress.secondsPerStep == 3 && keeper.progress.sigma == 0.5)
    #expect(keeper.thumbnail?.frames.map { $0.rgb[0] } == [2, 2])
    keeper.take(.engine(.frames([Frame(width: 64, height: 48, rgb: [UInt8](repeating: 9, count: 64 * 48 * 3))])))
    #expect(keeper.thumbnail?.frames.map { $0.rgb[0] } == [9])
    keeper.take(.warning("hot"))
    keeper.take(.checking)
    #expect(keeper.progress.stage == .check && keeper.warnings == ["hot"])
    #expect(keeper.progress.residentBytes > 0)
  }

  @Test(arguments: [(1, 1), (5, 5), (9, 8), (81, 8)])
  func aThumbnailHasAFewFramesAndTheClipsSpeed(frames: Int, kept: Int) throws {
    var maker = ThumbnailMaker(frameCount: frames, framesPerSecond: 16)
    for index in 0..<frames {
      maker.take(Frame(width: 2, height: 1, rgb: [UInt8](repeating: UInt8(index), count: 6)))
    }
    let thumbnail = try #require(maker.thumbnail)
    #expect(thumbnail.frames.count == kept)
    #expect(thumbnail.frames.first?.rgb[0] == 0 && thumbnail.frames.last?.rgb[0] == UInt8(frames - 1))
    #expect(abs(Double(kept) / thumbnail.framesPerSecond - Double(frames) / 16) < 1e-9)
  }

  @Test func picturesShrinkToTheMeanOfWhatTheyStandFor() {
    let stripes = (0..<96 * 64).flatMap { pixel -> [UInt8] in pixel % 2 == 0 ? [200, 0, 10] : [100, 0, 10] }
    let small = ThumbnailMaker.shrunk(Frame(width: 96, height: 64, rgb: stripes))
    #expect(small.width == 48 && small.height == 32)
    #expect(Set(small.rgb) == [150, 0, 10])
    let portrait = ThumbnailMaker.shrunk(Frame(width: 33, height: 97, rgb: [UInt8](repeating: 7, count: 33 * 97 * 3)))
    #expect(portrait.width == 16 && portrait.height == 48 && Set(portrait.rgb) == [7])
    let tiny = Frame(width: 4, height: 3, rgb: [UInt8](repeating: 7, count: 36))
    #expect(ThumbnailMaker.shrunk(tiny) == tiny)
  }
}

@Suite struct RenderPlaceTests {
  private let place = RenderPlace(URL(filePath: "/r"), timeZone: TimeZone(secondsFromGMT: 0) ?? .current)

  @Test(arguments: [
    ("A yellow star; spins!", "/r/2026-11/39-a-yellow-star-spins.mp4"), ("../../etc", "/r/2026-11/39-etc.mp4"),
    ("🌟", "/r/2026-11/39.mp4"), ("红色的星星", "/r/2026-11/39-红色的星星.mp4"),
    (
      "one two three four five six seven eight nine ten",
      "/r/2026-11/39-one-two-three-four-five-six-seven-eight.mp4"
    ),
  ])
  func aClipIsNamedAfterNumberAndWords(prompt: String, path: String) {
    let job = Job(
      id: 39, recipe: Recipe(prompt: prompt, model: "m"), createdAt: Date(timeIntervalSince1970: 1_795_435_200))
    #expect(place.clip(of: job).path(percentEncoded: false) == path)
  }

  @Test func aFolderThatCannotBeMadeIsAnError() {
    let place = RenderPlace(URL(filePath: "/dev/null/renders"))
    let job = Job(id: 1, recipe: Recipe(prompt: "a", model: "m"), createdAt: Date())
    let error = #expect(throws: RenderError.self) { try place.prepare(place.clip(of: job)) }
    #expect(error?.what.hasSuffix("/dev/null is a file") == true)
  }
}
