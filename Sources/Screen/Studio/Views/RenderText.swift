import Rendering

/// A running render in words.
enum RenderText {
  static func stage(_ watch: RenderWatch, _ look: Look) -> String {
    switch watch.stage {
    case .preparing: look.say(.preparing)
    case .loading: look.say(.loading)
    case .text: look.say(.text)
    case .denoise: look.say(.denoise)
    case .decode: look.say(.decode)
    case .check: look.say(.check)
    }
  }

  /// "12/20"; loading counts bytes.
  static func count(_ watch: RenderWatch) -> String {
    guard watch.total > 0 else { return "" }
    if case .loading = watch.stage { return "\(watch.done * 100 / watch.total) %" }
    return "\(watch.done)/\(watch.total)"
  }

  /// Of denoising; while weights are loaded, how fast they come.
  static func pace(_ watch: RenderWatch, _ look: Look) -> String {
    if case .loading = watch.stage, let rate = watch.bytesPerSecond, rate.isFinite, rate < 1e15 {
      return "\(Numbers.bytes(Int(rate)))/s"
    }
    return "\(watch.secondsPerStep.map { Numbers.fixed($0, 2) } ?? look.signs.dash) \(look.say(.perStep))"
  }

  static func progress(_ watch: RenderWatch, _ look: Look) -> String {
    [stage(watch, look), count(watch)].filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// For the header.
  static func short(_ watch: RenderWatch, _ look: Look) -> String {
    if watch.job.isCancelling { return look.say(.cancelling) }
    return watch.stage == .denoise ? "\(look.say(.rendering)) \(count(watch))" : progress(watch, look)
  }

  static func part(_ part: RenderWatch.Part, _ look: Look) -> String {
    switch part {
    case .text: look.say(.text)
    case .high: look.say(.high)
    case .low: look.say(.low)
    case .vae: look.say(.vae)
    case .clip: look.say(.clip)
    }
  }

  static func expert(_ watch: RenderWatch, _ look: Look) -> String {
    guard watch.stage == .denoise else { return "" }
    // What did not happen is not shown as if it had.
    if let passes = watch.passes, passes.reused + passes.skipped > 0 {
      return look.say(passes.reused > 0 ? .fromCache : .unguided)
    }
    return switch watch.expert {
    case .highNoiseExpert: look.say(.highExpert)
    case .lowNoiseExpert: look.say(.lowExpert)
    default: ""
    }
  }

  /// One line, without breaks.
  static func line(_ prompt: String) -> String {
    prompt.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
