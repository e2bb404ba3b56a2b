import Dispatch
import Foundation
import Production
import Rendering
import Synchronization

/// The sentences that a person reads, on a terminal or in a log.
enum Sentences {
  static func started(_ recipe: Recipe) -> String {
    "Rendering \(recipe.width)x\(recipe.height), \(Units.count(recipe.frameCount, "frame")) at \(recipe.framesPerSecond) a second, "
      + "\(Units.count(recipe.steps, "step")), seed \(recipe.seed), model \(recipe.model)"
  }

  static func finished(_ render: Render) -> String {
    "Checked: \(Units.count(render.frames, "frame")), seed \(render.recipe.seed), peak memory \(Units.bytes(render.peakRSSBytes)), "
      + "\(Units.time(render.seconds.total)) in all"
  }
}

/// Standard error is not a terminal: a line for each stage that is over.
final class LineReporter: Reporter {
  private let showsPath: Bool
  private let progress = Mutex<RenderProgress?>(nil)

  /// - Parameter showsPath: whether the clip's path may be the last line of standard output.
  init(showsPath: Bool) { self.showsPath = showsPath }

  func started(_ recipe: Recipe, output: String) {
    progress.withLock { $0 = RenderProgress(recipe: recipe) }
    say(Sentences.started(recipe))
  }

  func received(_ event: JobEvent) {
    if case .warning(let text) = event { return say("moviola: warning: \(text)") }
    let ended = progress.withLock { $0?.receive(event, at: 0) ?? [] }
    for line in ended { say(line) }
  }

  func note(_ text: String) { say("moviola: \(text)") }

  func finished(_ render: Render) {
    say(Sentences.finished(render))
    if showsPath { Console.output(render.output + "\n") }
  }

  func cancelling() {}
  func failed(_ failure: Failure) {}
  func leave() {}

  private func say(_ line: String) { Console.error(Failure.oneLine(line) + "\n") }
}

/// Standard error is a terminal: the same lines, and below them one that is updated in place.
///
/// The cursor is never hidden and nothing but its own line is touched, so there is nothing to restore that a
/// crash could leave behind.
final class LiveReporter: Reporter {
  private let style: TerminalStyle
  private let showsPath: Bool
  private let state = Mutex(State())
  private let ticker = Mutex<Task<Void, Never>?>(nil)

  private struct State {
    var progress: RenderProgress?
    var shown = ""
    var isCancelling = false
    var isOver = false
  }

  /// - Parameter showsPath: whether the clip's path may be the last line of standard output.
  init(style: TerminalStyle, showsPath: Bool) {
    self.style = style
    self.showsPath = showsPath
    // Between steps that take minutes the remaining time and the memory still move.
    let task = Task { [weak self] in
      while (try? await Task.sleep(for: .milliseconds(250))) != nil { self?.redraw() }
    }
    ticker.withLock { $0 = task }
  }

  deinit { stopTicking() }

  private func stopTicking() { ticker.withLock { $0?.cancel() } }

  func started(_ recipe: Recipe, output: String) {
    state.withLock { $0.progress = RenderProgress(recipe: recipe) }
    say([Sentences.started(recipe)])
  }

  func received(_ event: JobEvent) {
    if case .warning(let text) = event { return say(["moviola: warning: \(text)"]) }
    let ended = state.withLock { $0.progress?.receive(event, at: Self.now) ?? [] }
    if ended.isEmpty { redraw() } else { say(ended) }
  }

  func note(_ text: String) { say(["moviola: \(text)"]) }

  func finished(_ render: Render) {
    say([Sentences.finished(render)])
    leave()
    if showsPath { Console.output(render.output + "\n") }
  }

  func cancelling() {
    state.withLock { $0.isCancelling = true }
    redraw()
  }

  func failed(_ failure: Failure) { leave() }

  func leave() {
    stopTicking()
    state.withLock { state in
      state.isOver = true
      erase(&state)
    }
  }

  /// Writes lines that stay, above the one that moves.
  private func say(_ lines: [String]) {
    state.withLock { state in
      guard !state.isOver else { return }
      erase(&state)
      for line in lines { Console.error(Failure.oneLine(line) + "\n") }
      draw(&state)
    }
  }

  private func redraw() { state.withLock { draw(&$0) } }

  private func draw(_ state: inout State) {
    guard !state.isOver, let progress = state.progress else { return }
    let line = ProgressLine(
      progress: progress, style: style, memory: ProcessMemory.residentBytes, isCancelling: state.isCancelling
    ).text(columns: Console.columns, now: Self.now)
    guard line != state.shown else { return }
    // Overwriting before clearing the rest: an erased line would flicker. The cursor waits in front, where the
    // "^C" that a terminal echoes does not break the line.
    Console.error("\r\(line)\u{1B}[K\r")
    state.shown = line
  }

  private func erase(_ state: inout State) {
    guard !state.shown.isEmpty else { return }
    Console.error("\r\u{1B}[K")
    state.shown = ""
  }

  private static var now: Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }
}
