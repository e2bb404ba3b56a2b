import Catalog
import Rendering

/// A job in words and signs.
enum JobText {
  static func state(_ state: Job.State, _ look: Look) -> (sign: String, word: String, role: ThemeRole) {
    switch state {
    case .queued: (look.signs.queued, look.say(.queued), .dim)
    case .running: (look.signs.running, look.say(.running), .accent)
    case .done: (look.signs.done, look.say(.done), .good)
    case .failed: (look.signs.failed, look.say(.failed), .bad)
    case .cancelled: (look.signs.cancelled, look.say(.cancelled), .dim)
    case .interrupted: (look.signs.paused, look.say(.interrupted), .warn)
    }
  }

  /// Time of a finished job, progress of one that stopped.
  static func outcome(_ job: Job) -> String {
    if let seconds = job.result?.seconds.total { return Numbers.time(seconds) }
    guard let progress = job.progress, progress.total > 0, progress.stage == .denoise || progress.stage == .decode
    else {
      return ""
    }
    return "\(progress.done)/\(progress.total)"
  }

  static func size(_ recipe: Recipe, _ look: Look) -> String {
    "\(recipe.width)\(look.signs.times)\(recipe.height)"
  }

  static func sort(_ sort: JobSort, _ look: Look) -> String {
    switch sort {
    case .newestFirst: look.say(.newestFirst)
    case .oldestFirst: look.say(.oldestFirst)
    case .slowestFirst: look.say(.slowestFirst)
    case .largestFirst: look.say(.largestFirst)
    }
  }
}
