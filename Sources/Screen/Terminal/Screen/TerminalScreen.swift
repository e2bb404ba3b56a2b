import CNCurses
import Foundation
import Synchronization

/// The terminal: shows grids and says what was typed. Belongs to the thread that made it; the only user of curses.
///
///     let screen = try TerminalScreen()
///     defer { screen.close() }
///     while true {
///       screen.draw(view(state, screen.size))
///       for input in screen.wait() { update(&state, input) }
///     }
///
/// However the process ends, the terminal is as it was found; what others wrote to standard error meanwhile is printed
/// then. SIGTERM and the like come as inputs; to end as they
/// would have, call ``die(of:)``.
public final class TerminalScreen {
  /// Poke it from any thread.
  public let waker: Waker
  public private(set) var size: Size

  /// Whether anything but ASCII can be shown.
  public var isUnicode: Bool { locale.isUTF8 && !options.ascii }

  let options: ScreenOptions
  let surroundings: Surroundings
  let device: Device
  let entry: Surroundings.Candidate
  let locale: Locale
  var modes: TerminalModes
  var surface: CursesSurface
  var board: PictureBoard
  var probe: Probe
  var decoder = InputDecoder()
  var state = State.active
  /// What ``close()`` puts back.
  private var originalModes: termios
  var lastInput = ContinuousClock.now
  /// When the questions of the start went out.
  private(set) var asked = ContinuousClock.now
  /// Questions that are still to be answered: their answers must not reach the shell.
  var openQuestions = 0
  /// The last grid, for frames that waited and for coming back.
  private var last: Grid?

  enum State {
    case active
    /// After Ctrl-Z, and in the background: the terminal is not ours.
    case away
    /// The terminal does not exist any more.
    case gone
    case closed
  }

  struct Locale {
    var name: String
    var isUTF8: Bool
  }

  /// Curses has one global state: one screen at a time.
  private static let isOpen = Atomic(false)

  public convenience init(options: ScreenOptions = ScreenOptions()) throws(TerminalError) {
    try self.init(options: options, waker: Waker(), surroundings: .current)
  }

  init(options: ScreenOptions, waker: Waker, surroundings: Surroundings) throws(TerminalError) {
    let terminal = Device(input: STDIN_FILENO, output: STDOUT_FILENO)
    guard terminal.isTerminal, let modes = terminal.modes else {
      throw TerminalError(
        what: "the studio needs a terminal for input and output", remedy: "use `moviola render` in scripts and pipes")
    }
    guard !Self.isOpen.exchange(true, ordering: .acquiringAndReleasing) else {
      throw TerminalError(what: "the screen is open already", remedy: "close it first")
    }
    let locale = Self.takeLocale()
    cn_remember_signals()
    guard let (entry, output) = Self.open(surroundings.candidates(colours: options.colours)) else {
      Self.isOpen.store(false, ordering: .releasing)
      throw TerminalError(
        what: "ncurses cannot use any terminal description, not even its own", remedy: "set TERM=xterm-256color")
    }
    guard cn_string("cup") != nil else {
      cn_close()
      Self.isOpen.store(false, ordering: .releasing)
      throw TerminalError(
        what: "the terminal \"\(entry.name)\" cannot place its cursor, and the studio draws nothing without that",
        remedy: "set TERM to what the terminal is, as in TERM=xterm-256color; moviola render works without one")
    }
    let what = cn_what()
    let depth = surroundings.depth(
      colours: what.has_default_colours == 1 ? Int(what.colours) : 0, isDirect: entry.terminfo != nil,
      wanted: options.colours
    ).depth
    let isUnicode = locale.isUTF8 && !options.ascii
    (self.options, self.waker, self.surroundings) = (options, waker, surroundings)
    (self.entry, self.locale, originalModes) = (entry, locale, modes)
    device = Device(input: STDIN_FILENO, output: output).withoutWaiting()
    size = device.size.cells
    surface = CursesSurface(size: size, depth: depth, isUnicode: isUnicode, pairs: Int(what.pairs))
    probe = Probe(surroundings: surroundings, choice: options.pictures, depth: depth, isUnicode: isUnicode)
    board = PictureBoard(
      form: probe.pictures.form, blocks: HalfBlocks(depth: depth, isUnicode: isUnicode),
      bytesPerSecond: options.pictureBytesPerSecond)
    self.modes = TerminalModes(mouse: options.mouse, isXtermLike: surroundings.isXtermLike)
    decoder.backspace = modes.backspace
    board.passthrough = surroundings.isTmux
    start()
  }

  deinit { close() }
}

// Coming.
extension TerminalScreen {
  private static func takeLocale() -> Locale {
    var name = [CChar](repeating: 0, count: 64)
    let isUTF8 = cn_use_locale(&name, name.count) == 1
    return Locale(
      name: String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self), isUTF8: isUTF8)
  }

  /// The first description that ncurses knows, and the descriptor that it writes to.
  private static func open(_ candidates: [Surroundings.Candidate]) -> (Surroundings.Candidate, Int32)? {
    for candidate in candidates {
      let output = dup(STDOUT_FILENO)
      if cn_open(candidate.name, candidate.terminfo, dup(STDIN_FILENO), output) == 0 { return (candidate, output) }
    }
    return nil
  }

  private func start() {
    arm()
    cn_handle_signals(waker.writeEnd)
    adoptCellSize()
    device.send(modes.enter + probe.questions)
    asked = .now
    if !probe.questions.isEmpty { openQuestions += 1 }
  }

  /// From here on the terminal is given back whatever happens, and nobody else writes to it.
  private func arm() {
    cn_hold_errors()
    noteImages()
    var original = originalModes
    let restore = modes.restore
    _ = cn_guard(STDOUT_FILENO, device.output, restore, restore.utf8.count, &original)
  }

  private func noteImages() {
    modes.passthrough = board.passthrough
    // No more than the guard's text has room for; the range takes the others.
    modes.images = board.form == .kitty ? Array(board.imageIDs.prefix(60)) : nil
  }

  func adoptCellSize() {
    if let cell = device.size.cell { board.cell = cell }
  }
}

// Showing.
extension TerminalScreen {
  /// Shows a grid; only what differs from the last one is sent.
  public func draw(_ grid: Grid) {
    last = grid
    guard state == .active else { return }
    let now = ContinuousClock.now
    let (cells, pictureBytes) = board.compose(grid, at: now)
    guard surface.put(cells) != nil || !board.before.isEmpty || !board.after.isEmpty else { return }
    device.send(board.before + (modes.isXtermLike ? TerminalModes.beginSynchronised : ""))
    surface.send()
    device.send(board.after + (modes.isXtermLike ? TerminalModes.endSynchronised : ""))
    if !board.before.isEmpty || !board.after.isEmpty {
      noteImages()
      let restore = modes.restore
      cn_guard_text(restore, restore.utf8.count)
    }
    if pictureBytes > 0 { notePicture(bytes: pictureBytes, at: now) }
  }

  private func notePicture(bytes: Int, at now: ContinuousClock.Instant) {
    let asks = probe.isAnswered && board.pacer.shouldAsk
    if asks {
      device.send("\u{1B}[5n")
      openQuestions += 1
    }
    board.pacer.sent(bytes: bytes, at: now, asked: asks)
  }

  /// A frame waited for the line; it may be its turn.
  func drawLate() {
    if board.isBehind, let last { draw(last) }
  }

  /// Another way to show pictures, known by now.
  func adoptProbe() {
    board.form = probe.pictures.form
    if state == .active { arm() }
  }

  /// Puts text into the clipboard of the machine where the terminal runs (OSC 52), if the terminal allows it.
  public func copy(_ text: String) {
    guard state == .active, surroundings.isXtermLike else { return }
    let command = "\u{1B}]52;c;\(String(decoding: Base64.encode(Array(text.utf8)), as: UTF8.self))\u{7}"
    device.send(command + (surroundings.isTmux ? KittyProtocol.wrap(command) : ""))
  }

  /// Turns the mouse on or off; off, the terminal selects text with it.
  public func useMouse(_ isOn: Bool) {
    guard isOn != modes.mouse else { return }
    modes.mouse = isOn
    guard state == .active else { return }
    arm()
    if modes.isXtermLike { device.send(isOn ? TerminalModes.mouseOn : TerminalModes.mouseOff) }
  }

  /// Adopts the terminal's size. Everything is sent again even if it is the old one: between two looks it may have been
  /// another, and the terminal has cut what did not fit.
  func resize() -> Size? {
    let (cells, cell) = device.size
    if let cell { board.cell = cell }
    surface.markStale()
    guard cells != size else { return nil }
    size = cells
    surface.resize(to: cells)
    return cells
  }
}

// Going.
extension TerminalScreen {
  /// Gives the terminal back and stops the process, as Ctrl-Z does everywhere. After `fg` the last grid is shown again
  /// and ``Input/redraw`` follows; after `bg` the process works on without a screen until `fg`.
  public func suspend() {
    guard state == .active else { return }
    leave()
    state = .away
    cn_stop()
    // Continued: the signal waits in the pipe, and takes us back. Without one, nothing could stop us.
    if !hasSignals { comeBack() }
  }

  /// Takes the terminal again, if it is ours again. Returns its size if that has changed.
  @discardableResult
  func comeBack() -> Size? {
    guard state == .away, device.isForeground else { return nil }
    // After a stop that nobody announced, curses still believes that its modes are set.
    cn_leave()
    if let modes = device.modes { originalModes = modes }
    state = .active
    arm()
    board.forgetImages()
    surface.markStale()
    cn_refresh(1)
    let changed = resize()
    device.send(modes.enter)
    if let last { draw(last) }
    return changed
  }

  /// Continued after a stop that nobody announced (SIGSTOP): the shell has set modes of its own, and the terminal may
  /// not be ours.
  func noticeStop() {
    guard state == .active else { return }
    state = .away
    cn_unguard()
    cn_show_errors()
  }

  /// The terminal as it was, with curses still there.
  private func leave() {
    device.send(modes.leave)
    // While nothing is echoed yet.
    awaitAnswers()
    device.discardInput()
    cn_leave()
    device.set(originalModes)
    cn_unguard()
    cn_show_errors()
  }

  /// Without a terminal from here on. If it still exists (someone sent SIGHUP), it is given back.
  func lose() {
    if state == .active { leave() }
    state = .gone
    cn_unguard()
  }

  /// Gives the terminal back for good.
  public func close() {
    guard state != .closed else { return }
    if state == .active { leave() }
    let wasGone = state == .gone
    // In the background, curses would set modes that are the shell's, and be stopped for it.
    let isOurs = state == .active || device.isForeground
    state = .closed
    cn_release_signals(wasGone ? 0 : 1)
    cn_unguard()
    if !wasGone && isOurs { cn_close() }
    device.close()
    Self.isOpen.store(false, ordering: .releasing)
  }

  /// Ends the process as the signal would have, with the terminal given back.
  public func die(of signal: Int32) -> Never {
    close()
    cn_die(signal)
  }

  /// An answer that comes after us would be typed into the shell: a moment for it.
  private func awaitAnswers() {
    let deadline = ContinuousClock.now + .milliseconds(150)
    while openQuestions > 0, ContinuousClock.now < deadline {
      guard pollInput(until: deadline), case .bytes(let bytes) = device.receive() else { return }
      for case .reply(let reply) in decoder.feed(bytes) { _ = take(reply) }
    }
  }
}

extension termios {
  fileprivate var backspace: UInt8 {
    withUnsafeBytes(of: c_cc) { $0[Int(VERASE)] }
  }
}
