import Checkpoints
import Tensors
import WanModel

/// The stages that need no model: starting noise, and a sampler fed with given model outputs.
enum TraceSampling {
  static func noise(_ test: TraceCase) throws -> [(name: String, tensor: Tensor)] {
    let seed = UInt64(bitPattern: Int64(try test.integer("seed")))
    return [("noise", Noise.normal(try shape(test), seed: seed))]
  }

  static func schedule(_ test: TraceCase) throws -> [(name: String, tensor: Tensor)] {
    let schedule = try test.schedule()
    var sampler = schedule.makeSampler()
    let inputs = try test.inputs()
    let start = try inputs.tensor(named: "sample")
    var sample = start.floats()
    var tensors = [
      (name: "timesteps", tensor: Tensor(schedule.timesteps, shape: [schedule.steps])),
      (name: "sigmas", tensor: Tensor(schedule.sigmas, shape: [schedule.steps + 1])),
    ]
    for step in 0..<schedule.steps {
      let modelOutput = try inputs.tensor(named: "model_output.\(step)", shape: start.shape)
      sample = sampler.step(modelOutput: modelOutput.floats(), sample: sample)
      tensors.append((name: "sample.\(step)", tensor: Tensor(sample, shape: start.shape)))
    }
    return tensors
  }

  /// A shape of at most 2²⁸ values.
  private static func shape(_ test: TraceCase) throws -> [Int] {
    guard let list = test.optional("shape")?.array else { throw test.failure("\"shape\" is not a list") }
    let shape = list.compactMap(\.integer)
    var count = 1
    for size in shape where count > 0 {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      count = overflow || product > 1 << 28 ? -1 : product
    }
    guard shape.count == list.count, shape.allSatisfy({ $0 >= 0 }), count >= 0 else {
      throw test.failure("\"shape\" is not a shape of reasonable size")
    }
    return shape
  }
}

extension TraceCase {
  /// The schedule that `solver`, `preset`, `steps` and `shift` describe.
  func schedule() throws -> Schedule {
    guard let solver = Schedule.Solver(rawValue: try string("solver")) else { throw failure("an unknown solver") }
    guard let preset = Schedule.Preset(rawValue: try string("preset")) else { throw failure("an unknown preset") }
    return try Schedule(solver: solver, preset: preset, steps: try integer("steps"), shift: try number("shift"))
  }
}
