import Foundation
import Rendering

/// Starts studios, types into them and watches their threads.
struct StudioTrial {
  /// One measured value and the most that it may be.
  struct Figure: Encodable {
    let name: String
    let value: Double
    let unit: String
    let limit: Double
    var note: String?
    var isWithin: Bool { value <= limit }
  }

  let home: URL
  let keys: Int
  let watch: Duration

  func figures() throws -> [Figure] {
    var figures = try [firstPaint()]
    let studio = try start()
    try settle(studio)
    figures += idle(studio)
    figures += try typing(studio, "idle")
    try render(studio)
    figures += try typing(studio, "while it renders")
    figures.append(watching(studio))
    return figures
  }

  private func start() throws -> PseudoTerminal {
    var environment = ProcessInfo.processInfo.environment.filter { !["NO_COLOR", "TMUX"].contains($0.key) }
    environment["MOVIOLA_HOME"] = home.path(percentEncoded: false)
    environment["TERM"] = "xterm-256color"
    environment["LC_ALL"] = "C.UTF-8"
    return try PseudoTerminal(
      "/proc/self/exe", ["studio", "--language", "en", "--preview", "blocks"], columns: 120, rows: 34,
      environment: environment)
  }

  /// From the start of the process to the first whole screen, the median of several.
  private func firstPaint() throws -> Figure {
    let times = try (0..<7).map { _ in
      let begin = ContinuousClock.now
      let studio = try start()
      guard let painted = studio.wait(for: "Models", within: .seconds(10)) else { throw silence("paints nothing") }
      studio.end()
      return (painted - begin) / .milliseconds(1)
    }
    return Figure(
      name: "first paint, median of \(times.count)", value: Self.quantile(0.5, times), unit: "ms", limit: 150)
  }

  private func settle(_ studio: PseudoTerminal) throws {
    guard studio.wait(for: "Models", within: .seconds(10)) != nil else { throw silence("paints nothing") }
    studio.drain(.seconds(4))
  }

  /// The runtime's own dispatch library looks at its pools once a second; that thread is listed apart.
  private func idle(_ studio: PseudoTerminal) -> [Figure] {
    let process = studio.process.processIdentifier
    let before = ThreadTimes(of: process)
    studio.drain(watch)
    let after = ThreadTimes(of: process).since(before).mapValues(\.wakeUps)
    let runtime = after.filter { $0.key.hasSuffix("qos.overcommit") || $0.key.contains("dispatch-mana") }
    let ours = after.filter { runtime[$0.key] == nil && $0.value > 0 }
    let seconds = Int(watch / .seconds(1))
    let names = ours.map { "\($0.key) \($0.value)" }.sorted().joined(separator: ", ")
    return [
      Figure(
        name: "wake-ups idle in \(seconds) s", value: Double(ours.values.reduce(0, +)), unit: "", limit: 0,
        note: names.isEmpty ? nil : names),
      Figure(
        name: "the same, of the runtime's pool watch", value: Double(runtime.values.reduce(0, +)), unit: "",
        limit: Double(4 * seconds + 4)),
    ]
  }

  /// Words in Chinese: no other part of the English studio shows their characters.
  private static let characters = Array("鲸鹿蝶鹤狐獭鸢鲤蛙蜓鹭貂")

  private func typing(_ studio: PseudoTerminal, _ when: String) throws -> [Figure] {
    var generator = SystemRandomNumberGenerator()
    let times = try (0..<keys).map { index in
      studio.drain(.milliseconds(Int.random(in: 20...90, using: &generator)))
      let character = String(Self.characters[index % Self.characters.count])
      let begin = ContinuousClock.now
      studio.type(character)
      guard let painted = studio.wait(for: character, within: .seconds(5)) else { throw silence("shows no key") }
      let time = (painted - begin) / .milliseconds(1)
      if index % Self.characters.count == Self.characters.count - 1 { erase(studio) }
      return time
    }
    return [
      Figure(name: "key to paint, \(when), median", value: Self.quantile(0.5, times), unit: "ms", limit: 16),
      Figure(name: "key to paint, \(when), p95", value: Self.quantile(0.95, times), unit: "ms", limit: 50),
    ]
  }

  private func erase(_ studio: PseudoTerminal) {
    studio.type(String(repeating: "\u{7F}", count: Self.characters.count))
    studio.drain(.milliseconds(150))
  }

  private func render(_ studio: PseudoTerminal) throws {
    studio.type("\u{12}")
    guard studio.wait(for: "σ", within: .seconds(60)) != nil else { throw silence("does not begin to render") }
    studio.drain(.seconds(2))
  }

  /// What everything but the engine's own threads takes of one core.
  private func watching(_ studio: PseudoTerminal) -> Figure {
    let process = studio.process.processIdentifier
    let (before, begin) = (ThreadTimes(of: process), ContinuousClock.now)
    studio.drain(watch)
    let times = ThreadTimes(of: process).since(before).filter { $0.key != "engine" }
    let share = times.values.reduce(0) { $0 + $1.seconds } / ((ContinuousClock.now - begin) / .seconds(1))
    let parts = times.filter { $0.value.seconds > 0.001 }.map { "\($0.key) \(Int($0.value.seconds * 1000)) ms" }
    return Figure(
      name: "watching a render", value: share * 100, unit: "%", limit: 2,
      note: parts.isEmpty ? nil : parts.sorted().joined(separator: ", "))
  }

  private func silence(_ what: String) -> RenderError {
    RenderError(.inputOutput, "the studio \(what)", remedy: "start moviola by hand and look")
  }

  private static func quantile(_ share: Double, _ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
  }
}
