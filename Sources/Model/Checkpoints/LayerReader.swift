import Foundation
import Synchronization

/// Reads the weights of each layer from disk while the layer before it runs, and gives the memory of layers that are
/// over back to the system.
///
///     let reader = LayerReader(pages, residency: Residency(keptLayers: 8)) { … }
///     for layer in layers.indices {
///       reader.begin(layer)
///       …
///       reader.end(layer)
///     }
///     reader.close()
///
/// Layers that stay are spread evenly: while one of them runs, the next one that does not is read.
///
/// Pages that it gives back stay in the system's page cache as long as there is room: the next pass finds them there.
public final class LayerReader: Sendable {
  private let pages: LayerPages
  private let residency: Residency
  private let queue = DispatchQueue(label: "moviola.reader", qos: .userInitiated)
  private let state = Mutex(State())

  private struct State {
    /// Layers up to this one are over in this pass.
    var over = -1
    /// Layers up to this one have been asked for in this pass.
    var asked = -1
    var pass = 0
    /// What ``end(_:keepsOnce:)`` was told last.
    var keepsOnce = true
    /// Read in the first pass.
    var bytesRead = 0
    var seconds = 0.0
    var isFirstPass = true

    /// Bytes a second, when enough was read to tell.
    var rate: Double? { seconds > 0.001 && bytesRead > 1 << 20 ? Double(bytesRead) / seconds : nil }
  }

  /// How much is read before somebody is told, or it is asked whether to go on.
  private static let chunk = 4 << 20

  public init(_ pages: LayerPages, residency: Residency) {
    (self.pages, self.residency) = (pages, residency)
  }

  /// The layer runs now: its weights and those of the next one that is not in memory are read.
  /// - Parameter once: whether this pass reads those, too, that are for once.
  public func begin(_ layer: Int, once: Bool = true) {
    let (wanted, pass) = state.withLock { state -> (Range<Int>, Int) in
      if layer == 0 { (state.asked, state.pass) = (-1, state.pass + 1) }
      state.over = layer - 1
      let readsAll = once || state.isFirstPass
      let next = (layer + 1..<pages.layers.count).first { readsAll || !stays($0) } ?? layer
      let wanted = min(state.asked, next) + 1..<next + 1
      state.asked = max(state.asked, next)
      return (wanted, state.pass)
    }
    for layer in wanted { read(layer, once, pass) }
  }

  private func stays(_ layer: Int) -> Bool {
    Residency.stays(layer, kept: residency.keptLayers, of: pages.layers.count)
  }

  /// The layer has run: its pages go, unless they are to stay.
  /// - Parameter keepsOnce: whether those that are for once count like the others, because the next pass reads them again.
  public func end(_ layer: Int, keepsOnce: Bool = true) {
    let isLast = layer == pages.layers.count - 1
    let progress = state.withLock { state -> ReadingProgress? in
      (state.over, state.keepsOnce) = (layer, keepsOnce)
      guard isLast, state.isFirstPass else { return nil }
      state.isFirstPass = false
      return ReadingProgress(bytesDone: pages.byteCount, bytesTotal: pages.byteCount, rate: state.rate)
    }
    if let progress { residency.report(progress) }
    giveBack(layer, keepsOnce)
  }

  private func giveBack(_ layer: Int, _ keepsOnce: Bool) {
    let stays = stays(layer)
    for piece in (stays ? [] : pages.layers[layer].pieces) + (stays && keepsOnce ? [] : pages.layers[layer].once) {
      piece.file.advise(.dontNeed, piece.range)
      if residency.dropsCache { piece.file.dropFromCache(piece.range) }
    }
  }

  /// Nothing more is read.
  public func close() { state.withLock { $0.over = .max } }

  private func read(_ layer: Int, _ once: Bool, _ pass: Int) {
    guard pages.layers.indices.contains(layer) else { return }
    // What stayed since the first pass is there.
    let isThere = stays(layer) && !state.withLock { $0.isFirstPass }
    let wanted = (once ? pages.layers[layer].once : []) + (isThere ? [] : pages.layers[layer].pieces)
    if wanted.isEmpty { return }
    queue.async { [self] in
      for piece in wanted {
        for start in stride(from: piece.range.lowerBound, to: piece.range.upperBound, by: Self.chunk) {
          let range = start..<min(start + Self.chunk, piece.range.upperBound)
          guard state.withLock({ $0.over < layer && $0.pass == pass }) else { break }
          let begun = ContinuousClock.now
          piece.file.populate(range)
          note(range.count, ContinuousClock.now - begun)
        }
      }
      // It ran before all was read ahead, and what is not to stay has gone already: but for what came since.
      let late = state.withLock { state in
        let isOver = state.over >= layer || state.pass != pass
        return isOver && state.over <= pages.layers.count ? state.keepsOnce : nil
      }
      if let keepsOnce = late { giveBack(layer, keepsOnce) }
    }
  }

  private func note(_ bytes: Int, _ time: Duration) {
    let progress = state.withLock { state -> ReadingProgress? in
      guard state.isFirstPass else { return nil }
      let before = state.bytesRead
      state.bytesRead += bytes
      state.seconds += Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
      guard before >> 26 != state.bytesRead >> 26 else { return nil }
      return ReadingProgress(bytesDone: state.bytesRead, bytesTotal: pages.byteCount, rate: state.rate)
    }
    if let progress { residency.report(progress) }
  }
}

/// What of a model's mapped weights stays in memory between two passes over its layers.
public struct Residency: Sendable {
  /// So many layers stay; the others are given back as soon as they are over.
  public var keptLayers: Int
  /// Whether the page cache is to forget them too: for models that are larger than memory, where it would keep
  /// what is needed last and drop what is needed next.
  public var dropsCache: Bool
  /// Told of what is read in the first pass, on a thread of the reader.
  public var report: @Sendable (ReadingProgress) -> Void

  public init(
    keptLayers: Int = .max, dropsCache: Bool = false, report: @escaping @Sendable (ReadingProgress) -> Void = { _ in }
  ) {
    (self.keptLayers, self.dropsCache, self.report) = (keptLayers, dropsCache, report)
  }

  /// Whether a layer is among those that stay: as far from each other as can be.
  public static func stays(_ layer: Int, kept: Int, of count: Int) -> Bool {
    kept >= count || layer * max(kept, 0) % count < kept
  }
}

/// How much of a model has been read.
public struct ReadingProgress: Hashable, Sendable {
  public var bytesDone: Int
  public var bytesTotal: Int
  /// Bytes a second while it read; nil until that is known.
  public var rate: Double?
}
