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
