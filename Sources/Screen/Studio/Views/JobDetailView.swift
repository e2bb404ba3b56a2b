import Catalog
import Prompting
import Rendering
import Terminal

/// One job with every parameter, its moving thumbnail, and what it came from.
enum JobDetailView {
  static func draw(_ state: StudioState, _ canvas: inout Canvas, _ area: Rect) {
    guard let job = state.history.selected, !area.isEmpty else { return }
    let lines = lines(job, state, width: area.width)
    var rest = area
    let pictureRows = area.height - lines.count
    if let failure = job.failure {
      let free = FailureView.draw(
        job, failure, offering: offers(failure), &canvas, rest.takeTop(max(3, pictureRows)))
      rest = area.inset(top: free.y - area.y + (free.height > 1 ? 1 : 0))
    } else if pictureRows >= 5, let thumbnail = state.history.thumbnails[job.id] {
      drawPicture(thumbnail, state, job, &canvas, rest.takeTop(min(pictureRows, max(6, area.width / 3))))
    }
    for line in lines where rest.height > 0 {
      let row = rest.takeTop(1)
      canvas.write(line.text, x: row.x, y: row.y, line.role, limit: row.width)
    }
  }

  private static func drawPicture(
    _ thumbnail: Thumbnail, _ state: StudioState, _ job: Job, _ canvas: inout Canvas, _ area: Rect
  ) {
    guard state.options.showsPreview, !thumbnail.frames.isEmpty else { return }
    canvas.grid.border(area, canvas.look.border, style: canvas.look[.previewFrame])
    let frame = thumbnail.frames[state.history.framesPlayed % thumbnail.frames.count]
    let id = 101 + Int(job.id % 100)
    if let picture = Picture(id: id, width: frame.width, height: frame.height, rgb: frame.rgb, area: area.inset(by: 1))
    {
      canvas.grid.pictures.append(picture)
    }
  }

  /// A retry in reference precision helps where the arithmetic failed.
  private static func offers(_ failure: Job.Failure) -> [Action] {
    failure.code == .numerics ? [.rerunReference, .showLog] : [.rerun, .showLog]
  }

  private struct Line {
    var text: String
    var role = ThemeRole.text
  }

  private static func lines(_ job: Job, _ state: StudioState, width: Int) -> [Line] {
    let look = state.look
    let recipe = job.recipe
    let (sign, word, role) = JobText.state(job.state, look)
    let dot = " \(look.signs.dot) "
    let heart = job.isFavourite ? "   \(look.signs.favourite)" : ""
    let moment = Numbers.moment(job.createdAt, now: state.now, state.calendar)
    var lines = [
      Line(text: "#\(job.id)  \(sign) \(word)  \(moment)   \(look.say(.seed)) \(recipe.seed)\(heart)", role: role)
    ]
    lines += Wrapping.lines(recipe.prompt, width: width).prefix(5).map { Line(text: $0, role: .title) }
    if !recipe.negativePrompt.isEmpty {
      lines.append(Line(text: "− " + RenderText.line(recipe.negativePrompt), role: .dim))
    }
    lines.append(
      Line(
        text: [
          JobText.size(recipe, look), "\(recipe.frameCount) \(look.say(.frames))", "\(recipe.framesPerSecond) fps",
          "\(recipe.steps) \(look.say(.steps))", "\(recipe.sampler.rawValue) \(recipe.preset.rawValue)",
        ].joined(separator: dot)))
    lines.append(
      Line(
        text: [
          "\(look.say(.shift)) \(Numbers.plain(recipe.shift))",
          "\(look.say(.guidance)) \(SettingField.guidance.text(recipe))",
          "\(look.say(.boundary)) \(Numbers.plain(recipe.boundary))", recipe.precision.rawValue,
          SettingField.model.text(recipe),
        ].joined(separator: dot)))
    if let result = job.result { lines += results(job, result, look) }
    if !job.tags.isEmpty {
      lines.append(Line(text: "\(look.say(.tags)) \(job.tags.joined(separator: " "))", role: .badge))
    }
    if !job.notes.isEmpty {
      lines += Wrapping.lines("\(look.say(.notes)) \(job.notes)", width: width).prefix(3).map { Line(text: $0) }
    }
    return lines + differences(job, state, width: width)
  }

  private static func results(_ job: Job, _ result: Job.Result, _ look: Look) -> [Line] {
    let seconds = result.seconds
    let times = [
      (look.say(.text), seconds.text), (look.say(.denoise), seconds.denoise), (look.say(.vae), seconds.decode),
      (look.say(.clip), seconds.encode + seconds.verify),
    ]
    let parts = times.map { "\($0.0) \(Numbers.time($0.1))" }.joined(separator: " \(look.signs.dot) ")
    return [
      Line(text: parts, role: .dim),
      Line(
        text: "\(look.say(.peak)) \(Numbers.bytes(result.peakRSSBytes))   \(look.say(.framesHash)) "
          + "\(result.framesSHA256.prefix(8))…  \(Numbers.bytes(result.clipBytes))", role: .dim),
      Line(text: result.clip, role: .link),
    ]
  }

  /// Against the marked job, or else the one it was made from.
  private static func differences(_ job: Job, _ state: StudioState, width: Int) -> [Line] {
    let look = state.look
    let marked = state.history.marked.flatMap { $0.id == job.id ? nil : $0 }
    guard let other = marked ?? job.parent.flatMap({ state.history.parents[$0] }) else { return [] }
    let word: Word = marked == nil ? .from : .compareWith
    let summary = "\(look.say(word)) #\(other.id): \(JobDifference(from: other.recipe, to: job.recipe).summary)"
    var lines = Wrapping.lines(summary, width: width).prefix(3).map { Line(text: $0, role: .accent) }
    if let reason = JobDifference.reasonForOtherFrames(from: other, to: job) {
      lines += Wrapping.lines("\(look.signs.warning) \(reason)", width: width).prefix(2).map {
        Line(text: $0, role: .warn)
      }
    } else if let mine = job.result?.framesSHA256, mine == other.result?.framesSHA256 {
      let same = state.options.language == .zh ? "与 #\(other.id) 的帧完全相同" : "same frames as #\(other.id)"
      lines.append(Line(text: "\(look.signs.done) \(same)", role: .good))
    }
    return lines
  }
}
