import Checkpoints
import Foundation
import Tensors
import Testing

@testable import WanModel

@Suite struct SamplerTests {
  private func schedule(_ parameters: JSON) throws -> Schedule {
    try Schedule(
      solver: try #require(Schedule.Solver(rawValue: parameters["solver"]?.string ?? "")),
      preset: try #require(Schedule.Preset(rawValue: parameters["preset"]?.string ?? "")),
      steps: try #require(parameters["steps"]?.integer), shift: try #require(parameters["shift"]?.number))
  }

  @Test(arguments: Goldens.cases("schedule-"))
  func stepsAreThoseOfTheReferences(_ name: String) throws {
    let golden = try GoldenCase(name)
    let schedule = try schedule(golden.parameters)
    let timesteps = try golden.expected.tensor(named: "timesteps").floats()
    let sigmas = try golden.expected.tensor(named: "sigmas").floats()
    #expect(zip(schedule.timesteps, timesteps).allSatisfy { abs($0 - $1) <= (schedule.solver == .euler ? 2e-3 : 0) })
    #expect(zip(schedule.sigmas, sigmas).allSatisfy { abs($0 - $1) <= 2e-6 })
    #expect(schedule.sigmas.count == sigmas.count)
    var sampler = schedule.makeSampler()
    var sample = try golden.inputs.tensor(named: "sample").floats()
    for step in 0..<schedule.steps {
      let modelOutput = try golden.inputs.tensor(named: "model_output.\(step)").floats()
      sample = sampler.step(modelOutput: modelOutput, sample: sample)
      try golden.check(sample, "sample.\(step)")
    }
  }

  /// LightX2V's list of steps is 1000, 750, 500, 250 before the shift, and the experts change after the second.
  @Test func theDistilledScheduleIsThatOfItsTraining() throws {
    let schedule = try Schedule(solver: .euler, preset: .distilled, steps: 4, shift: 5)
    let expected: [Float] = [1, 0.9375, 0.833_333_3, 0.625, 0]
    #expect(zip(schedule.sigmas, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(zip(schedule.timesteps, expected).allSatisfy { abs($0 - $1 * 1000) < 1e-3 })
    #expect(schedule.timesteps.filter { $0 >= 875 }.count == 2)
  }

  @Test(arguments: Schedule.Solver.allCases, Schedule.Preset.allCases)
  func aModelThatKnowsTheAnswerIsFollowedToIt(_ solver: Schedule.Solver, _ preset: Schedule.Preset) throws {
    let schedule = try Schedule(solver: solver, preset: preset, steps: 9, shift: 5)
    let clean: [Float] = [0.5, -1, 2]
    let first = schedule.sigmas[0]
    var sampler = schedule.makeSampler()
    var sample = clean.map { (1 - first) * $0 + first * 0.25 }
    for sigma in schedule.sigmas.dropLast() {
      let velocity = zip(sample, clean).map { ($0 - $1) / sigma }
      let predicted = sampler.predictedClean(modelOutput: velocity, sample: sample)
      #expect(zip(predicted, clean).allSatisfy { abs($0 - $1) < 1e-5 })
      sample = sampler.step(modelOutput: velocity, sample: sample)
    }
    #expect(zip(sample, clean).allSatisfy { abs($0 - $1) < 1e-4 })
    #expect(sampler.step(modelOutput: clean, sample: sample) == sample, "after the end nothing moves")
  }

  @Test(arguments: Schedule.Solver.allCases, Schedule.Preset.allCases)
  func extremeSettingsGiveFiniteSamplesOrAnError(_ solver: Schedule.Solver, _ preset: Schedule.Preset) {
    for steps in [1, 2, 3, 4, 100, 1000] {
      for shift in [1e-6, 0.01, 0.5, 1, 1.0001, 12, 100, 1e4, 1e8, 1e300] {
        guard let schedule = try? Schedule(solver: solver, preset: preset, steps: steps, shift: shift) else { continue }
        var sampler = schedule.makeSampler()
        var sample: [Float] = [1, -1]
        for _ in 0..<steps { sample = sampler.step(modelOutput: [0.5, 0.25], sample: sample) }
        #expect(sample.allSatisfy { $0.isFinite }, "\(solver) \(preset) \(steps) steps, shift \(shift): \(sample)")
      }
    }
  }

  @Test func impossibleSettingsAreErrors() {
    func failure(_ steps: Int, _ shift: Double) -> Schedule.Failure? {
      do throws(Schedule.Failure) {
        _ = try Schedule(solver: .unipc, preset: .official, steps: steps, shift: shift)
        return nil
      } catch {
        return error
      }
    }
    #expect(failure(0, 5) == .steps(0))
    #expect(failure(-1, 5) == .steps(-1))
    #expect(failure(.max, 5) == .steps(.max))
    #expect(failure(4, 0) == .shift(0))
    #expect(failure(4, .infinity) == .shift(.infinity))
    #expect(failure(4, 1e12) == .tooFine(steps: 4, shift: 1e12))
    #expect(failure(4, 5) == nil)
  }

  @Test func theHighNoiseExpertGetsThePublishedNumberOfSteps() throws {
    let counts = try [3.0, 5, 8, 12].map { shift in
      try Schedule(solver: .unipc, preset: .official, steps: 40, shift: shift).timesteps.count { $0 >= 875 }
    }
    #expect(counts == [12, 17, 22, 26])
  }
}
