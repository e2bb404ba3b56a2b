import Checkpoints
import Rendering

extension PhaseMemory {
  /// What a part's weights may take, with its loading reported.
  /// - Parameter path: of the weights.
  func residency(_ component: Component, _ pages: LayerPages, _ path: String, _ listener: Denoiser.Listener)
    -> Residency
  {
    let loading = listener.loading
    let layers = pages.layers.enumerated().filter {
      !Residency.stays($0.offset, kept: keptLayers, of: pages.layers.count)
    }
    // Both texts go through the text encoder together: it is read once.
    let reread = component == .textEncoder ? 0 : layers.reduce(0) { $0 + $1.element.byteCount }
    let turn = passesTogether ? "step" : "pass"
    loading(Loading(component: component, bytesDone: 0, bytesTotal: pages.byteCount))
    return Residency(keptLayers: keptLayers, dropsCache: dropsCache) { progress in
      var event = Loading(
        component: component, bytesDone: progress.bytesDone, bytesTotal: progress.bytesTotal,
        bytesPerSecond: progress.rate)
      if progress.bytesDone == progress.bytesTotal, let rate = progress.rate {
        event.note = SlowDisk.note(
          component, bytes: progress.bytesTotal, reread: reread, every: turn, rate: rate, Disk(at: path))
      }
      loading(event)
    }
  }
}

/// What to say of a disk that keeps the processor waiting.
enum SlowDisk {
  /// Bytes a second, and seconds, from which on it is worth a word.
  private static let slow = 300e6
  private static let long = 20.0

  /// - Parameters:
  ///   - bytes: of the part; `reread` of them do not stay in memory, and are read for every `turn`.
  ///   - rate: bytes a second, as measured.
  /// - Returns: nil for a disk that is fast enough.
  static func note(
    _ component: Component, bytes: Int, reread: Int, every turn: String, rate: Double, _ disk: Disk
  ) -> String? {
    let seconds = Double(bytes) / rate
    guard rate < slow, seconds > long, disk.kind != .memory else { return nil }
    let measured = "the \(component.title) lies on \(disk.title) that gives \(Int(rate / 1e6)) MB a second"
    guard reread > 0 else {
      return "\(measured): reading it took \(time(seconds)); with --preload that comes before the first step"
    }
    return "\(measured): \(time(Double(reread) / rate)) for every \(turn), because it does not stay in memory; "
      + "copy it to a faster disk, allow more memory, or use a quantised file"
  }

  private static func time(_ seconds: Double) -> String {
    seconds < 90 ? "\(Int(seconds.rounded())) s" : "\(Int((seconds / 60).rounded())) min"
  }
}
