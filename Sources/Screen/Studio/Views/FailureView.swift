import Catalog
import Rendering
import Terminal

/// Why there is no clip: what happened, how far it was, what to do now.
enum FailureView {
  /// - Returns: what it left free.
  @discardableResult
  static func draw(
    _ job: Job, _ failure: Job.Failure, offering actions: [Action] = [], _ canvas: inout Canvas, _ area: Rect
  ) -> Rect {
    let look = canvas.look
    var rest = area.inset(horizontally: 1)
    let (sign, word, role) = JobText.state(job.state, look)
    canvas.write("\(sign) #\(job.id) \(word)", x: rest.x, y: rest.takeTop(1).y, role)
    entry(look.say(.why), failure.what, &canvas, &rest)
    if let progress = job.progress, progress.total > 0 {
      entry(look.say(.reached), "\(progress.stage.rawValue) \(progress.done)/\(progress.total)", &canvas, &rest)
    }
    if let remedy = failure.remedy { entry(look.say(.remedy), RenderText.settings(remedy), &canvas, &rest) }
    for warning in job.warnings { entry(look.signs.warning, warning, &canvas, &rest) }
    if !actions.isEmpty { offer(actions, &canvas, &rest) }
    return rest
  }

  /// What can be done about it, by key.
  private static func offer(_ actions: [Action], _ canvas: inout Canvas, _ rest: inout Rect) {
    for binding in actions.compactMap({ KeyTable.binding(for: $0, in: [.history]) }) where rest.height > 0 {
      let row = rest.takeTop(1)
      canvas.write(binding.keyName, x: row.x, y: row.y, .key, limit: 11)
      canvas.write(canvas.look.say(binding.title), x: row.x + 12, y: row.y, .text, limit: row.width - 12)
      canvas.hit(row, .action(binding.action))
    }
  }

  /// Weights are the usual cause of both, and reading them all says for sure.
  static func mayBeTheModel(_ failure: Job.Failure) -> Bool { failure.code == .badModel || failure.code == .numerics }

  private static func entry(_ label: String, _ text: String, _ canvas: inout Canvas, _ rest: inout Rect) {
    for (index, line) in Wrapping.lines(text, width: rest.width - 12).enumerated() where rest.height > 0 {
      let row = rest.takeTop(1)
      if index == 0 { canvas.write(label, x: row.x, y: row.y, .fieldLabel, limit: 11) }
      canvas.write(line, x: row.x + 12, y: row.y, .text, limit: row.width - 12)
    }
  }
}
