import Catalog
import Prompting
import Rendering
import Terminal

/// Yes or no.
enum QuestionView {
  static func draw(_ question: Layer.Question, _ state: StudioState, _ canvas: inout Canvas, _ body: Rect) {
    let lines = Wrapping.lines(canvas.look.say(question.text), width: 52)
    let inside = canvas.dialog(Size(width: 56, height: lines.count + 4), title: "", in: body)
    for (index, line) in lines.enumerated() {
      canvas.write(line, x: inside.x, y: inside.y + index, .dialog, limit: inside.width)
    }
    let y = inside.endY - 1
    var x = inside.x
    for (key, word, action) in [("y", Word.yes, Action.choose), ("n", .no, .close)] {
      let start = x
      x += canvas.write(key, x: x, y: y, .key) + 1
      x += canvas.write(canvas.look.say(word), x: x, y: y, .dialog)
      canvas.hit(Rect(x: start, y: y, width: x - start, height: 1), .action(action))
      x += 4
    }
  }
}

/// A line to type.
enum InputLineView {
  static func draw(_ line: Layer.InputLine, _ state: StudioState, _ canvas: inout Canvas, _ body: Rect) {
    let help = Wrapping.lines(canvas.look.say(line.problem ?? line.help), width: 66)
    let inside = canvas.dialog(Size(width: 70, height: help.count + 4), title: canvas.look.say(line.title), in: body)
    canvas.editor(line.editor, in: inside.row(0), wraps: false, isFocused: true, role: .fieldFocus)
    for (index, text) in help.enumerated() {
      canvas.write(text, x: inside.x, y: inside.y + 2 + index, line.problem == nil ? .dim : .bad, limit: inside.width)
    }
  }
}

/// The first start: the first render is one key away.
enum WelcomeView {
  static func draw(_ state: StudioState, _ canvas: inout Canvas, _ body: Rect) {
    let isChinese = state.options.language == .zh
    let prompt = state.compose.prompt(state.options.language)
    var lines =
      isChinese
      ? ["在终端里把文字变成短片。", "一个提示词已经准备好："] : ["Words become a clip, here in the terminal.", "A prompt is ready for you:"]
    lines.append("")
    let quoted = Wrapping.lines(prompt, width: 58)
    lines += quoted
    lines.append("")
    lines.append(isChinese ? "Enter  立即渲染        Esc  先自己写" : "Enter  render it now      Esc  write first")
    lines.append(isChinese ? "F1  全部按键            Ctrl-P  按名称找命令" : "F1  all keys             Ctrl-P  commands by name")
    let inside = canvas.dialog(Size(width: 64, height: lines.count + 4), title: canvas.look.say(.welcome), in: body)
    for (index, line) in lines.enumerated() {
      let isPrompt = (3..<3 + quoted.count).contains(index)
      canvas.write(line, x: inside.x, y: inside.y + 1 + index, isPrompt ? .accent : .dialog, limit: inside.width)
    }
  }
}

/// Variations side by side, as a list with what differs.
enum BatchView {
  static func draw(_ batch: Batch, _ state: StudioState, _ canvas: inout Canvas, _ body: Rect) {
    let look = canvas.look
    let columns = max(1, min(4, (body.width - 8) / 26))
    let rows = (batch.jobs.count + columns - 1) / columns
    let inside = canvas.dialog(
      Size(width: columns * 26 + 4, height: rows * 8 + 2), title: "\(look.say(.contactSheet)) \(batch.id)", in: body)
    for (index, job) in batch.jobs.enumerated() {
      let cell = Rect(
        x: inside.x + index % columns * 26, y: inside.y + index / columns * 8, width: 24, height: 8)
      guard cell.endY <= inside.endY + 1 else { break }
      let (sign, word, role) = JobText.state(job.state, look)
      let label = batch.variations.labels.indices.contains(index) ? batch.variations.labels[index] : ""
      let heart = job.isFavourite ? " \(look.signs.favourite)" : ""
      canvas.write("\(sign) #\(job.id) \(label)\(heart)", x: cell.x, y: cell.y + 6, role, limit: cell.width)
      let box = Rect(x: cell.x, y: cell.y, width: cell.width, height: 6)
      if let frame = state.history.thumbnails[job.id]?.frames.first,
        let picture = Picture(
          id: 1 + Int(job.id % 200), width: frame.width, height: frame.height, rgb: frame.rgb, area: box)
      {
        canvas.grid.pictures.append(picture)
      } else {
        canvas.write(word, x: box.x, y: box.y + 3, .dim, limit: box.width)
      }
    }
  }
}
