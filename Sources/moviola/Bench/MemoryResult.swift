import Foundation
import LocalEngine
import Rendering

/// Planned and measured memory of one render.
struct MemoryResult: Encodable {
  var shape: String
  var size: String
  var frames: Int
  var steps: Int
  var maxMemory: Int?
  var precision: String
  var predictedAnonymousBytes: Int
  var peakAnonymousBytes: Int
  var predictedMappedBytes: Int
  var peakMappedBytes: Int
  /// How many pieces a picture was decoded in.
  var tiles: Int
  var seconds: Double
  var phases: [Phase]

  struct Phase: Encodable {
    var component: Component
    var predictedAnonymousBytes: Int
    var peakAnonymousBytes: Int
    var predictedMappedBytes: Int
    var peakMappedBytes: Int
  }

  init(
    shape: ModelShape, run: MemoryBenchRun, recipe: Recipe, plan: Plan, sampler: MemorySampler, render: Render
  ) {
    self.shape = shape.rawValue
    size = "\(recipe.width)x\(recipe.height)"
    (frames, steps, precision) = (recipe.frameCount, recipe.steps, recipe.precision.rawValue)
    maxMemory = run.maxMemory?.bytes
    let peaks = sampler.peaks
    phases = plan.phases.compactMap { planned in
      peaks[planned.component].map { peak in
        Phase(
          component: planned.component, predictedAnonymousBytes: planned.anonymousBytes,
          peakAnonymousBytes: peak.anonymousBytes, predictedMappedBytes: planned.mappedBytes,
          peakMappedBytes: peak.mappedBytes)
      }
    }
    // Of the phases that took part: a render of one step asks one expert.
    predictedAnonymousBytes = phases.map(\.predictedAnonymousBytes).max() ?? 0
    predictedMappedBytes = phases.map(\.predictedMappedBytes).max() ?? 0
    (peakAnonymousBytes, peakMappedBytes) = (sampler.peak.anonymousBytes, sampler.peak.mappedBytes)
    tiles = plan.tiles
    seconds = render.seconds.total
  }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// A row for each phase.
  var text: String {
    let head = ["phase", "anonymous plan", "measured", "", "mapped plan", "measured", ""]
    let rows = phases.map { phase in
      [
        phase.component.title, Units.binary(phase.predictedAnonymousBytes), Units.binary(phase.peakAnonymousBytes),
        Self.share(phase.predictedAnonymousBytes, phase.peakAnonymousBytes),
        Units.binary(phase.predictedMappedBytes), Units.binary(phase.peakMappedBytes),
        Self.share(phase.predictedMappedBytes, phase.peakMappedBytes),
      ]
    }
    return TextTable([head] + rows).text
  }

  /// "+3 %": by how much the plan is above what was measured.
  static func share(_ planned: Int, _ measured: Int) -> String {
    guard measured > 0 else { return "—" }
    return String(format: "%+.0f %%", (Double(planned) / Double(measured) - 1) * 100)
  }
}
