import Foundation
import Production
import Rendering

/// The lines of `--json`: an object each, its "event" first, the other keys in snake_case and alphabetical order.
///
///     {"event":"step","count":20,"expert":"transformer","index":3,"seconds":0.21,"sigma":0.93,"timestep":931}
///     {"event":"finished","frames":17,"frames_sha256":"…","output":"clip.mp4","peak_rss_bytes":…,"seconds":{…},"seed":7}
enum EventLine {
  static func started(_ recipe: Recipe, output: String) -> String {
    line("started", Started(output: output, recipe: recipe))
  }

  /// nil for what `finished` says anyway.
  static func make(_ event: JobEvent) -> String? {
    switch event {
    case .warning(let text): line("warning", Message(message: text))
    case .checking: line("checking", Nothing())
    case .engine(let event): make(event)
    }
  }

  private static func make(_ event: RenderEvent) -> String {
    switch event {
    case .planned(let plan): line("planned", plan)
    case .remark(let text): line("warning", Message(message: text))
    case .loading(let loading): line("loading", loading)
    case .textEncoded(let text): line("text_encoded", text)
    case .step(let step): line("step", Step(step))
    case .decoding(let decoding): line("decoding", decoding)
    case .frames(let frames): line("frames", Frames(count: frames.count))
    case .finished(let report): line("rendered", report)
    }
  }

  static func finished(_ render: Render) -> String { line("finished", Finished(render)) }

  static func failed(_ failure: Failure) -> String {
    line("failed", Failed(code: failure.status.name, message: failure.sentence))
  }

  private static func line(_ name: String, _ payload: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // An engine that measures NaN seconds must not silence its event.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let fields = (try? encoder.encode(payload)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    return "{\"event\":\"\(name)\"\(fields == "{}" ? "" : ",")\(fields.dropFirst())\n"
  }
}

extension EventLine {
  private struct Started: Encodable {
    var output: String
    var recipe: Recipe
  }

  private struct Message: Encodable { var message: String }
  private struct Nothing: Encodable {}
  private struct Frames: Encodable { var count: Int }

  private struct Failed: Encodable {
    var code: String
    var message: String
  }

  /// A step without its preview pixels.
  private struct Step: Encodable {
    var index: Int
    var count: Int
    var expert: Component
    var sigma: Double
    var timestep: Double
    var seconds: Double
    var passes: Passes?

    init(_ step: DenoisingStep) {
      (index, count, expert, passes) = (step.index, step.count, step.expert, step.passes)
      (sigma, timestep, seconds) = (step.sigma, step.timestep, step.seconds)
    }
  }

  private struct Finished: Encodable {
    enum CodingKeys: String, CodingKey {
      case output, frames, seed, seconds
      case framesSHA256 = "frames_sha256"
      case peakRSSBytes = "peak_rss_bytes"
    }
    var output: String
    var frames: Int
    var seed: UInt64
    var framesSHA256: String
    var peakRSSBytes: Int
    var seconds: Render.Seconds

    init(_ render: Render) {
      (output, frames, seed) = (render.output, render.frames, render.recipe.seed)
      (framesSHA256, peakRSSBytes, seconds) = (render.framesSHA256, render.peakRSSBytes, render.seconds)
    }
  }
}
