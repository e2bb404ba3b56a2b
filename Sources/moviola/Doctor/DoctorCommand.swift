import ArgumentParser
import Foundation
import Rendering

/// `moviola doctor`: checks this machine before it costs a render.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Check processor, memory, disks, encoder, models, terminal, settings and ledger.",
    discussion: """
      Each line says ok, warn or fail, what was found, and what to do about it. The exit code is that of the worst \
      line: 0 for ok, \(DoctorCommand.codes[.warn] ?? 1) for warn, \(DoctorCommand.codes[.fail] ?? 1) for fail. To \
      measure the disks it writes and removes 64 MiB.
      """)

  static let codes: [Finding.Level: Int32] = [
    .ok: ExitReason.done.rawValue, .warn: ExitReason.warnings.rawValue, .fail: ExitReason.unwell.rawValue,
  ]

  @Option(help: ArgumentHelp("A model to look at closely, beside those that are found.", valueName: "dir"))
  var model: String?

  @Flag(help: "Print one JSON object a line.")
  var json = false

  mutating func run() async throws {
    let interrupts = Interrupts.leavingNothing()
    defer { interrupts.stop() }
    let doctor = Doctor(environment: ProcessInfo.processInfo.environment, model: model)
    var worst = Finding.Level.ok
    for check in doctor.checks {
      for finding in await check.findings() {
        worst = max(worst, finding.level)
        Console.output(json ? try Self.line(finding) : Self.text(finding))
      }
    }
    if let code = Self.codes[worst], code != 0 { throw ExitCode(code) }
  }

  private static func line(_ finding: Finding) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(finding), as: UTF8.self) + "\n"
  }

  /// "ok    oneDNN             2.6.3, avx512_core_bf16", and below it what to do.
  static func text(_ finding: Finding) -> String {
    let name = Failure.oneLine(finding.name).padded(to: 17)
    let line = "\(finding.level.rawValue.padded(to: 4))  \(name)  \(Failure.oneLine(finding.value))\n"
    return line + (finding.advice.map { String(repeating: " ", count: 25) + Failure.oneLine($0) + "\n" } ?? "")
  }
}

/// All checks, in the order in which they are read.
struct Doctor {
  let environment: [String: String]
  let model: String?

  var checks: [any Check] {
    let home = MoviolaHome(environment: environment)
    let settings = StudioSettings.load(home.configFile, environment: environment)
    return [
      ProcessorCheck(environment: environment), LibraryCheck(environment: environment), ThreadCheck(), MemoryCheck(),
      GraphicsCheck(), DiskCheck(home: home, model: model), EncoderCheck(), ModelCheck(registry: .live()),
      TerminalCheck(), SettingsCheck(home: home, settings: settings, environment: environment),
      LedgerCheck(file: home.ledgerFile),
    ]
  }
}
