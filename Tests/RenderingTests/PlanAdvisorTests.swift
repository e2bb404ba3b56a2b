import Foundation
import Testing

@testable import Rendering

@Suite struct PlanAdvisorTests {
  /// A byte for each pixel of each frame, twice as many in float32.
  private func plan(_ recipe: Recipe, limit: Int?, raisableTo: Int? = nil, weights: Int = 0) -> Plan {
    let bytes = recipe.width * recipe.height * recipe.frameCount * (recipe.precision == .fast ? 1 : 2)
    return Plan(
      phases: [
        .init(component: .highNoiseExpert, anonymousBytes: bytes, mappedBytes: weights, readsPerPass: weights),
        .init(component: .vae, anonymousBytes: bytes / 2, mappedBytes: 0),
      ], tokens: 0, latentShape: [], memoryLimit: limit, raisableTo: raisableTo)
  }

  private let recipe = Recipe(prompt: "x", model: "m", width: 160, height: 96, frameCount: 17)

  private func proposals(_ recipe: Recipe, _ plan: (Recipe) -> Plan) -> [PlanProposal]? {
    guard case .tooLarge(let proposals) = PlanAdvisor.verdict(recipe, plan: plan).verdict else { return nil }
    return proposals
  }

  @Test func whatFitsFits() throws {
    #expect(PlanAdvisor.verdict(recipe) { plan($0, limit: 1 << 30) }.verdict == .fits)
    #expect(PlanAdvisor.verdict(recipe) { plan($0, limit: nil) }.verdict == .fits)
    #expect(try PlanAdvisor.require(recipe) { plan($0, limit: 1 << 30) }.fits)
  }

  @Test func whatDoesNotFitSaysWhatWould() throws {
    let limit = 160 * 96 * 14
    let found = try #require(proposals(recipe) { plan($0, limit: limit) })
    #expect(found.map(\.option) == ["--frames 13", "--size 144x80"])
    for proposal in found {
      #expect(plan(proposal.recipe, limit: limit).fits)
      #expect(throws: Never.self) { try proposal.recipe.check() }
    }
  }

  /// A limit that can be raised, by a little more than this process needs, costs nothing, rounding a little, and so on.
  @Test func proposalsAreInTheOrderOfTheirCost() throws {
    var exact = recipe
    exact.precision = .reference
    let limit = 160 * 96 * 18
    let found = try #require(proposals(exact) { plan($0, limit: limit, raisableTo: 1 << 30) })
    #expect(
      found.map(\.change) == [
        .memory(160 * 96 * 34 + (4 << 20)), .precision(.fast), .frames(9), .size(width: 112, height: 64),
      ])
    #expect(found[0].option == "--max-memory 5MiB")
  }

  @Test func quantisedWeightsAreProposedWhereWeightsAreTheProblem() throws {
    let found = try #require(proposals(recipe) { plan($0, limit: 400_000, weights: 200_000) })
    #expect(found.map(\.change).contains(.quantised))
    let other = try #require(proposals(recipe) { plan($0, limit: 200_000, weights: 20_000) })
    #expect(!other.map(\.change).contains(.quantised))
  }

  /// TI2V-5B goes by 32 pixels.
  @Test func adviceKeepsToTheModelsOwnSteps() throws {
    let grid = ClipGrid(width: 32, height: 32, frames: 8)
    let limit = 160 * 96 * 14
    let asked = PlanAdvisor.verdict(recipe, on: grid) { plan($0, limit: limit) }
    guard case .tooLarge(let found) = asked.verdict else { return #expect(Bool(false), "17 frames do not fit") }
    #expect(found.map(\.recipe.frameCount) == [9, 17])
    for proposal in found { #expect(throws: Never.self) { try grid.check(proposal.recipe) } }
  }

  @Test func aRefusalNamesThePhaseAndWhatFits() {
    let error = #expect(throws: RenderError.self) {
      try PlanAdvisor.require(recipe) { plan($0, limit: 160 * 96 * 14) }
    }
    #expect(error?.code == .noSpace)
    #expect(
      error?.sentence == """
        160x96 with 17 frames does not fit into 1 MiB of memory: the high-noise expert needs 1 MiB of its own and \
        0 MiB of mapped files; what fits: --frames 13 or --size 144x80
        """)
  }

  @Test func theImpossibleIsSaid() {
    var recipe = recipe
    recipe.frameCount = 18
    guard case .impossible(let error) = PlanAdvisor.verdict(recipe, plan: { plan($0, limit: nil) }).verdict else {
      return #expect(Bool(false), "18 is not 4n+1")
    }
    #expect(error.remedy == "use 17 or 21")
  }

  @Test func timeFollowsFromWorkAndSpeed() throws {
    var plan = plan(recipe, limit: nil)
    plan.phases[0].operations = 100
    plan.phases[0].steps = 4
    plan.phases[1].operations = 50
    #expect(plan.operations == Render.Operations(text: 0, denoise: 400, decode: 50))
    var job = Job(id: 1, state: .done, recipe: recipe, createdAt: .now)
    #expect(MachineSpeed(of: [job]) == nil)
    var seconds = Render.Seconds()
    (seconds.text, seconds.denoise, seconds.decode, seconds.encode) = (1, 8, 5, 2)
    job.result = Job.Result(
      clip: "c", clipBytes: 1, framesSHA256: "", seconds: seconds, peakRSSBytes: 1,
      operations: Render.Operations(text: 10, denoise: 400, decode: 50))
    let speed = try #require(MachineSpeed(of: [job]))
    let times = PlanTimes(plan, rgbBytes: recipe.rgbBytes, at: speed)
    #expect(times.phases == [.highNoiseExpert: 8, .vae: 5] && abs(times.encode - 2) < 1e-9)
    #expect(abs(times.total - 15) < 1e-9)
  }
}
