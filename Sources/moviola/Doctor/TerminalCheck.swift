import Foundation
import Terminal

/// What the terminal can show, and why.
struct TerminalCheck: Check {
  func findings() -> [Finding] {
    guard Console.isTerminal(STDIN_FILENO), Console.isTerminal(STDOUT_FILENO) else {
      return [.ok("terminal", "none here: moviola render works without one, the studio needs it")]
    }
    do throws(TerminalError) {
      let report = try TerminalScreen.examine()
      return report.facts.map { finding($0, report) }
    } catch {
      return [.fail("terminal", error.what, error.remedy)]
    }
  }

  private func finding(_ fact: TerminalReport.Fact, _ report: TerminalReport) -> Finding {
    let value = "\(fact.value) (\(fact.why))"
    switch fact.name {
    case "characters" where !report.isUnicode:
      return .warn(fact.name, value, "set LANG to a UTF-8 locale, as in LANG=C.UTF-8: half blocks need it")
    case "size" where report.size.width < 80 || report.size.height < 24:
      return .warn(fact.name, value, "make the window 80×24 or larger")
    default: return .ok(fact.name, value)
    }
  }
}
