import Foundation
import History
import Rendering

/// Whether the ledger is whole, by SQLite's own check.
struct LedgerCheck: Check {
  let file: URL

  func findings() -> [Finding] {
    let path = file.path(percentEncoded: false)
    guard FileManager.default.fileExists(atPath: path) else { return [.ok("ledger", "none yet at \(path)")] }
    do throws(RenderError) {
      let jobs = try Ledger.checkIntegrity(of: file)
      return [.ok("ledger", "\(path): \(Units.count(jobs, "job")), whole (quick_check)")]
    } catch {
      return [.fail("ledger", error.what, error.remedy ?? "move it aside, and a new one is begun")]
    }
  }
}
