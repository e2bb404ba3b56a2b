import Dispatch
import Foundation
import Models
import Synchronization

/// Who is told how a verification goes; from several threads.
protocol VerifyReporter: Sendable {
  func received(_ event: VerificationEvent)
  func finished(_ report: VerificationReport)
  func failed(_ failure: Failure)
}

/// `--json`: one object a line, its "event" among the keys.
struct JSONVerifyReporter: VerifyReporter {
  private struct Reading: Encodable {
    var event = "reading"
    var files: Int
    var bytes: Int
  }
  private struct Progress: Encodable {
    var event = "progress"
    var bytes: Int
    var total: Int
  }
  private struct File: Encodable {
    var event = "file"
    var path: String
    var bytes: Int
    var sha256: String?
    var agreesWith: [String]
    var problem: String?
  }
  private struct Finished: Encodable {
    var event = "finished"
    var health: String
    var files: Int
    var problems: [String]
  }
  private struct Failed: Encodable {
    var event = "failed"
    var code: String
    var message: String
  }

  func received(_ event: VerificationEvent) {
    switch event {
    case .reading(let files, let bytes): write(Reading(files: files, bytes: bytes))
    case .progress(let progress): write(Progress(bytes: progress.bytesDone, total: progress.bytesTotal))
    case .file(let file):
      write(
        File(
          path: file.path, bytes: file.bytes, sha256: file.sha256, agreesWith: file.agreesWith, problem: file.problem))
    }
  }

  func finished(_ report: VerificationReport) {
    write(
      Finished(
        health: report.isSound ? "sound" : "damaged", files: report.files.count, problems: report.problems))
  }

  func failed(_ failure: Failure) { write(Failed(code: failure.status.name, message: failure.sentence)) }

  private func write(_ value: some Encodable) { Console.output(JSONLine.text(value)) }
}

/// For a person: a line for each file, and on a terminal one below them that moves.
final class PersonVerifyReporter: VerifyReporter {
  private let style: TerminalStyle
  private let isLive: Bool
  private let root: String
  private let state = Mutex(State())

  private struct State {
    var started = DispatchTime.now().uptimeNanoseconds
    var bytes = 0
    var shown = false
  }

  /// - Parameter root: the model's folder, which names of files are told without.
  init(root: String) {
    self.root = root + "/"
    let environment = ProcessInfo.processInfo.environment
    style = TerminalStyle(environment)
    isLive = Console.isTerminal(STDERR_FILENO) && environment["TERM"] != "dumb"
  }

  func received(_ event: VerificationEvent) {
    state.withLock { state in
      switch event {
      case .reading(let files, let bytes):
        state.started = DispatchTime.now().uptimeNanoseconds
        say("Names and shapes are right. Reading \(Units.count(files, "file")), \(Units.bytes(bytes))", &state)
      case .progress(let progress):
        state.bytes = progress.bytesDone
        draw(progress, &state)
      case .file(let file): say(line(file), &state)
      }
    }
  }

  private func line(_ file: FileVerdict) -> String {
    let size = Units.bytes(file.bytes).leftPadded(to: 8)
    if let problem = file.problem { return "  wrong \(size)  \(problem)" }
    let name = file.path.hasPrefix(root) ? String(file.path.dropFirst(root.count)) : file.path
    let known = file.agreesWith.isEmpty ? "" : "  as \(file.agreesWith.joined(separator: ", "))"
    return "  ok    \(size)  \(file.sha256?.prefix(12) ?? "")  \(name)\(known)"
  }

  func finished(_ report: VerificationReport) {
    state.withLock { state in
      let seconds = Self.seconds(since: state.started)
      guard report.isSound else {
        erase(&state)
        return
      }
      let rate = seconds > 0 ? ", \(Units.bytes(Int(Double(state.bytes) / seconds)))/s" : ""
      say("Sound: \(Units.count(report.files.count, "file")), \(Units.bytes(state.bytes))\(rate)", &state)
    }
  }

  func failed(_ failure: Failure) { state.withLock { erase(&$0) } }

  private func say(_ line: String, _ state: inout State) {
    erase(&state)
    Console.error(Failure.oneLine(line) + "\n")
  }

  private func draw(_ progress: VerificationProgress, _ state: inout State) {
    guard isLive else { return }
    let seconds = Self.seconds(since: state.started)
    Console.error(
      "\r\(VerifyLine(progress: progress, style: style, seconds: seconds).text(columns: Console.columns))\u{1B}[K\r")
    state.shown = true
  }

  private func erase(_ state: inout State) {
    guard state.shown else { return }
    Console.error("\r\u{1B}[K")
    state.shown = false
  }

  private static func seconds(since start: UInt64) -> Double {
    Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
  }
}

/// "Verifying   3.1 GB/28.6 GB  ━━━━━╌╌╌╌╌╌  812 MB/s  ETA 0:31"
struct VerifyLine {
  var progress: VerificationProgress
  var style: TerminalStyle
  /// Since reading began.
  var seconds: Double

  func text(columns: Int) -> String {
    let room = max(columns - 1, 0)
    let left = "Verifying " + Units.bytes(progress.bytesDone).leftPadded(to: 8) + "/" + Units.bytes(progress.bytesTotal)
    let rate = seconds > 0.2 ? Double(progress.bytesDone) / seconds : 0
    let remaining = rate > 0 ? Double(progress.bytesTotal - progress.bytesDone) / rate : nil
    let clock = Units.clock(remaining)
    var right = "  " + (rate > 0 ? Units.bytes(Int(rate)) : "?").leftPadded(to: 8) + "/s"
    right += "  ETA " + (style.hasUnicode ? clock : clock.replacing("—", with: "-")).leftPadded(to: 7)
    guard left.count <= room else { return String(left.prefix(room)) }
    guard left.count + right.count <= room else { return left }
    let width = min(room - left.count - right.count - 2, 40)
    guard width >= 8, progress.bytesTotal > 0 else { return left + right }
    return left + "  " + style.bar(Double(progress.bytesDone) / Double(progress.bytesTotal), width: width) + right
  }
}
