import Tensors

// The way around a level of the Wan 2.2 VAE: what goes in is added, in another resolution, to what comes out. It is
// two stages of the row, so that the work between them can still stop at every stage. A frame goes all the way before
// the next one starts, so what the first stage holds belongs to what reaches the second.

/// Where the way around begins: holds the frames until the way through has given its result.
final class ShortcutStart: FrameStage {
  fileprivate var held: [FeatureMap] = []

  func push(_ frame: FeatureMap, on device: any Device) -> [FeatureMap] {
    // A copy, because what comes after may add to it.
    held.append(frame.copy())
    return [frame]
  }

  func forget() { held = [] }

  /// It holds frames during the work on one, not from one to the next.
  var rememberedBytes: Int { 0 }
}

/// In the decoder: every value is repeated, for all pixels and frames that come of it. The first frame of a clip
/// gives a single one, the last of its cell. Source: `DupUp3D` of the Wan repository's `vae2_2.py`.
final class UpwardShortcutEnd: FrameStage {
  private let start: ShortcutStart
  private let level: VAELevel
  private var frame: Int

  init(_ start: ShortcutStart, _ level: VAELevel) {
    (self.start, self.level) = (start, level)
    frame = level.frames - 1
  }

  func push(_ result: FeatureMap, on device: any Device) -> [FeatureMap] {
    for held in start.held {
      device.add(
        duplicatesOf: held, to: result, FineCell(scale: level.scale, frames: level.frames, frame: frame))
    }
    frame = (frame + 1) % level.frames
    if frame == 0 { start.forget() }
    return [result]
  }

  func forget() { frame = level.frames - 1 }

  var rememberedBytes: Int { 0 }
}

/// In the encoder: means of neighbouring values. Before the first frame of a clip there are zeros.
/// Source: `AvgDown3D` of the Wan repository's `vae2_2.py`.
final class DownwardShortcutEnd: FrameStage {
  private let start: ShortcutStart
  private let level: VAELevel

  init(_ start: ShortcutStart, _ level: VAELevel) { (self.start, self.level) = (start, level) }

  func push(_ result: FeatureMap, on device: any Device) -> [FeatureMap] {
    for (index, held) in start.held.reversed().enumerated() {
      device.add(
        meansOf: held, to: result,
        FineCell(scale: level.scale, frames: level.frames, frame: level.frames - 1 - index))
    }
    start.forget()
    return [result]
  }

  func forget() {}

  var rememberedBytes: Int { 0 }
}

extension VAELevel {
  /// The stages of the level, with the way around if it has one.
  /// - Parameter end: the last stage of that.
  func around(_ stages: [any FrameStage], end: (ShortcutStart, VAELevel) -> any FrameStage) -> [any FrameStage] {
    guard hasShortcut else { return stages }
    let start = ShortcutStart()
    return [start] + stages + [end(start, self)]
  }
}
