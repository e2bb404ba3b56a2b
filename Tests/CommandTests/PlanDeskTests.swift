import Dispatch
import FakeEngine
import Rendering
import Synchronization
import Testing

@testable import moviola

struct PlanDeskTests {
  /// Tells which recipes it was asked for; the first plan waits to be let go.
  private final class SlowEngine: RenderEngine {
    let asked = Mutex<[Int]>([])
    let gate = DispatchSemaphore(value: 0)
    let began: AsyncStream<Void>
    private let tell: AsyncStream<Void>.Continuation

    init() { (began, tell) = AsyncStream.makeStream() }

    func plan(_ recipe: Recipe) throws -> Plan {
      let isFirst = asked.withLock { asked in
        asked.append(recipe.steps)
        return asked.count == 1
      }
      if isFirst {
        tell.yield()
        gate.wait()
      }
      return try FakeEngine().plan(recipe)
    }

    func render(_ recipe: Recipe) -> RenderStream { FakeEngine().render(recipe) }
  }

  @Test func aSupersededPlanIsNotBegun() async {
    let (engine, desk) = (SlowEngine(), PlanDesk())
    func recipe(_ steps: Int) -> Recipe {
      Recipe(prompt: "x", model: "m", width: 160, height: 96, frameCount: 17, steps: steps)
    }
    let first = Task { await desk.verdict(recipe(1), by: engine) }
    for await _ in engine.began { break }
    let second = Task { await desk.verdict(recipe(2), by: engine) }
    second.cancel()
    let third = Task { await desk.verdict(recipe(3), by: engine) }
    engine.gate.signal()
    #expect(await third.value.verdict == .fits)
    #expect(await first.value.verdict == .fits)
    guard case .impossible(let error) = await second.value.verdict else { return #expect(Bool(false)) }
    #expect(error.code == .cancelled)
    #expect(engine.asked.withLock { $0 }.sorted() == [1, 3])
  }
}
