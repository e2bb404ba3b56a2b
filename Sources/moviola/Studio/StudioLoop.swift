import Foundation
import Studio
import Terminal

/// The thread that owns the terminal: waits, updates, draws. It never waits for anything but the terminal.
final class StudioLoop {
  enum Ending: Sendable {
    case quit
    case hangup
    case signal(Int32)
  }

  private(set) var state: StudioState
  private let screen: TerminalScreen
  private let mailbox: Mailbox
  private let effects: EffectRunner
  private var nextTick: ContinuousClock.Instant?
  private var drawing = DrawPacer()

  init(_ state: StudioState, screen: TerminalScreen, mailbox: Mailbox, effects: EffectRunner) {
    (self.state, self.screen, self.mailbox, self.effects) = (state, screen, mailbox, effects)
    self.state.size = screen.size
    if !screen.isUnicode { self.state.useASCIIOnly() }
  }

  func run() -> Ending {
    take(.opened)
    while true {
      if drawing.isDue(at: .now) {
        screen.draw(StudioView.draw(state).grid)
        drawing.drawn(at: .now)
      }
      let inputs = screen.wait(until: [deadline(), drawing.deadline].compactMap(\.self).min())
      state.now = Date()
      if !inputs.isEmpty { drawing.hurry() }
      for input in inputs {
        take(.input(input))
        switch input {
        case .hangup: return .hangup
        case .terminate(let signal): return .signal(signal)
        default: break
        }
      }
      let messages = mailbox.takeAll()
      for message in messages { take(message) }
      if !messages.isEmpty { drawing.wait() }
      if let tick = nextTick, tick <= .now {
        nextTick = nil
        drawing.wait()
        take(.tick)
      }
      if state.isQuitting { return .quit }
    }
  }

  /// When the state wants to be woken; nil when only something that happens may wake it.
  private func deadline() -> ContinuousClock.Instant? {
    guard let seconds = state.secondsToNextTick else {
      nextTick = nil
      return nil
    }
    let latest = ContinuousClock.now + .milliseconds(Int(seconds * 1000))
    nextTick = min(nextTick ?? latest, latest)
    return nextTick
  }

  private func take(_ message: Message) {
    for effect in update(&state, message) {
      switch effect {
      case .copy(let text, let done):
        screen.copy(text)
        take(.notice(Notice(.good, done)))
      case .useMouse(let isOn): screen.useMouse(isOn)
      case .quit: break
      default: effects.run(effect)
      }
    }
  }
}
