import Foundation

/// What the threads of a process have done so far, by their names (Linux `/proc`).
struct ThreadTimes {
  struct Thread {
    let name: String
    let wakeUps: Int
    let seconds: Double
  }

  let threads: [Int: Thread]

  /// Empty when the process is gone.
  init(of process: Int32) {
    let folder = "/proc/\(process)/task"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    var threads: [Int: Thread] = [:]
    for name in names {
      if let number = Int(name) { threads[number] = Self.read(folder + "/" + name) }
    }
    self.threads = threads
  }

  /// From then to now, added up by name.
  func since(_ then: ThreadTimes) -> [String: (wakeUps: Int, seconds: Double)] {
    var sums: [String: (wakeUps: Int, seconds: Double)] = [:]
    for (number, thread) in threads {
      let before = then.threads[number]
      sums[thread.name, default: (0, 0)].wakeUps += thread.wakeUps - (before?.wakeUps ?? 0)
      sums[thread.name, default: (0, 0)].seconds += thread.seconds - (before?.seconds ?? 0)
    }
    return sums
  }

  private static func read(_ folder: String) -> Thread? {
    guard let name = text(folder + "/comm"), let status = text(folder + "/status"),
      let schedule = text(folder + "/schedstat")?.split(separator: " "),
      let run = schedule.first.flatMap({ Double($0) })
    else { return nil }
    let line = status.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches:") }
    let wakeUps = line?.split(separator: "\t").last.flatMap { Int($0) }
    return Thread(
      name: name.trimmingCharacters(in: .whitespacesAndNewlines), wakeUps: wakeUps ?? 0, seconds: run * 1e-9)
  }

  private static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}
