import CNCurses
import Foundation

// Waiting: input, resize, signals, wake-ups and timers meet in one poll.
extension TerminalScreen {
  /// What happened, as soon as something has; empty when the deadline passes. Without a deadline and with nothing
  /// going on, the thread sleeps.
  public func wait(until deadline: ContinuousClock.Instant? = nil) -> [Input] {
    var inputs: [Input] = []
    repeat {
      let deadlines = [deadline, sequenceDeadline, pictureDeadline, nextLook]
      let ready = pollAll(until: deadlines.compactMap(\.self).min())
      if ready.input { inputs += receive() } else { inputs += flushSequence() }
      if ready.pipe { inputs += takeSignals() }
      if state == .away, device.isForeground { inputs += continued() }
      if board.isBehind, board.pacer.mayGo(at: .now) { drawLate() }
    } while inputs.isEmpty && !(deadline.map { $0 <= .now } ?? false)
    return inputs
  }

  private var pictureDeadline: ContinuousClock.Instant? {
    board.isBehind && state == .active ? board.pacer.deadline : nil
  }

  /// In the background: bash says nothing when `fg` follows `bg`, the terminal just is ours again.
  private var nextLook: ContinuousClock.Instant? {
    state == .away ? .now + .milliseconds(200) : nil
  }

  /// When an unfinished sequence means what it says.
  private var sequenceDeadline: ContinuousClock.Instant? {
    guard state == .active, let patience = decoder.patience else { return nil }
    return lastInput + patience
  }

  private func flushSequence() -> [Input] {
    guard let deadline = sequenceDeadline, deadline <= .now else { return [] }
    return decoder.flush().compactMap(take)
  }

  private func receive() -> [Input] {
    lastInput = .now
    switch device.receive() {
    case .bytes(let bytes): return decoder.feed(bytes).compactMap(take)
    case .nothing: return []
    case .gone:
      lose()
      return [.hangup]
    }
  }

  private func take(_ event: InputDecoder.Event) -> Input? {
    switch event {
    case .input(.key(let key)) where key == options.suspendKey:
      suspend()
      return nil
    case .input(let input): return input
    case .reply(let reply): return take(reply)
    }
  }

  /// An answer of the terminal; it is news if pictures are shown in another way from now on.
  func take(_ reply: TerminalReply) -> Input? {
    switch reply {
    case .attributes, .ready: openQuestions = max(0, openQuestions - 1)
    default: break
    }
    if case .ready = reply { board.pacer.answered(at: .now) }
    if case .attributes = reply, !probe.isAnswered { board.pacer.roundTrip = .now - asked }
    guard probe.take(reply) else { return nil }
    adoptProbe()
    return .redraw
  }
}

// Signals, which arrive through the waker's pipe.
extension TerminalScreen {
  private func takeSignals() -> [Input] {
    var inputs: [Input] = []
    for number in waker.drain() {
      if number != 0 { cn_signal_seen(Int32(number)) }
      inputs += self.inputs(for: Int32(number)).filter { !inputs.contains($0) }
    }
    return inputs
  }

  private func inputs(for signal: Int32) -> [Input] {
    switch signal {
    case 0: return [.wake]
    case SIGWINCH: return state == .active ? [resize().map { .resize($0) } ?? .redraw] : []
    case SIGCONT: return continued()
    case SIGTSTP:
      suspend()
      return []
    case SIGHUP:
      if state != .gone { lose() }
      return [.hangup]
    default: return [.terminate(signal: signal)]
    }
  }

  private func continued() -> [Input] {
    noticeStop()
    let size = comeBack()
    guard state == .active else { return [] }
    return size.map { [.resize($0), .redraw] } ?? [.redraw]
  }
}

extension TerminalScreen {
  /// Sleeps until something is there or the time has come.
  private func pollAll(until deadline: ContinuousClock.Instant?) -> (input: Bool, pipe: Bool) {
    var files = [pollfd(fd: waker.readEnd, events: Int16(POLLIN), revents: 0)]
    // Not ours while we are away, and without end once it is gone.
    if state == .active { files.append(pollfd(fd: device.input, events: Int16(POLLIN), revents: 0)) }
    guard poll(&files, nfds_t(files.count), Self.milliseconds(until: deadline)) > 0 else { return (false, false) }
    return (files.count > 1 && files[1].revents != 0, files[0].revents != 0)
  }

  func pollInput(until deadline: ContinuousClock.Instant) -> Bool {
    var file = pollfd(fd: device.input, events: Int16(POLLIN), revents: 0)
    return poll(&file, 1, Self.milliseconds(until: deadline)) > 0
  }

  var hasSignals: Bool {
    var file = pollfd(fd: waker.readEnd, events: Int16(POLLIN), revents: 0)
    return poll(&file, 1, 0) > 0
  }

  /// Rounded up, so that nothing is done too early and again.
  private static func milliseconds(until deadline: ContinuousClock.Instant?) -> Int32 {
    guard let deadline else { return -1 }
    let left = deadline - .now
    let (seconds, attoseconds) = left.components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    return Int32(clamping: seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
