import Catalog
import Prompting
import Terminal

/// The key table, for this screen first.
enum HelpView {
  static func draw(_ menu: Menu, _ state: StudioState, _ canvas: inout Canvas, _ body: Rect) {
    let entries = state.helpEntries(menu)
    let (rows, first) = canvas.menu(
      menu, count: entries.count, title: canvas.look.say(.help), size: Size(width: 84, height: body.height), in: body)
    for (offset, binding) in entries.dropFirst(first).prefix(rows.height).enumerated() {
      let row = rows.row(offset)
      let role = canvas.menuRow(row, index: first + offset, isSelected: first + offset == menu.selection)
      let keys = binding.keys.map(\.description).joined(separator: " ")
      canvas.write(keys, x: row.x, y: row.y, .key, limit: 20)
      canvas.write(canvas.look.say(binding.title), x: row.x + 21, y: row.y, role, limit: row.width - 21 - 16)
      canvas.write(canvas.look.say(binding.context.title), endingAt: row.endX, y: row.y, .dim)
    }
  }
}

/// Every action by name, with its key, and why it cannot be done now.
enum PaletteView {
  static func draw(_ menu: Menu, _ state: StudioState, _ canvas: inout Canvas, _ body: Rect) {
    let entries = state.paletteEntries(menu)
    let (rows, first) = canvas.menu(
      menu, count: entries.count, title: canvas.look.say(.commands), size: Size(width: 90, height: 20), in: body)
    for (offset, entry) in entries.dropFirst(first).prefix(rows.height).enumerated() {
      let row = rows.row(offset)
      let role = canvas.menuRow(row, index: first + offset, isSelected: first + offset == menu.selection)
      let title = canvas.look.say(entry.binding.title)
      canvas.write(entry.binding.keyName, endingAt: row.endX, y: row.y, .key)
      let room = row.width - TextWidth.of(entry.binding.keyName) - 2
      let width = canvas.write(title, x: row.x, y: row.y, entry.disabled == nil ? role : .dim, limit: room)
      if let disabled = entry.disabled {
        canvas.write("(\(canvas.look.say(disabled)))", x: row.x + width + 2, y: row.y, .dim, limit: room - width - 2)
      }
    }
  }
}

/// Words for the slot that has the keys.
enum WordsView {
  static func draw(_ menu: Menu, _ state: StudioState, _ canvas: inout Canvas, _ body: Rect) {
    let entries = state.wordEntries(menu)
    let (rows, first) = canvas.menu(
      menu, count: entries.count, title: canvas.look.say(.words), size: Size(width: 60, height: 18), in: body)
    for (offset, entry) in entries.dropFirst(first).prefix(rows.height).enumerated() {
      let row = rows.row(offset)
      let role = canvas.menuRow(row, index: first + offset, isSelected: first + offset == menu.selection)
      canvas.write(entry.list, endingAt: row.endX, y: row.y, .dim)
      canvas.write(entry.word, x: row.x, y: row.y, role, limit: row.width - TextWidth.of(entry.list) - 2)
    }
  }
}

/// Prompts to start from, with the selected one written out.
enum TemplatesView {
  static func draw(_ menu: Menu, _ state: StudioState, _ canvas: inout Canvas, _ body: Rect) {
    let entries = state.templateEntries(menu)
    let language = state.options.language
    var (rows, first) = canvas.menu(
      menu, count: entries.count, title: canvas.look.say(.templates), size: Size(width: 84, height: 22), in: body)
    let preview = rows.takeBottom(min(4, rows.height / 3))
    first = max(0, min(menu.selection - rows.height / 2, entries.count - rows.height))
    for (offset, template) in entries.dropFirst(first).prefix(rows.height).enumerated() {
      let row = rows.row(offset)
      let role = canvas.menuRow(row, index: first + offset, isSelected: first + offset == menu.selection)
      let model = template.model ?? ""
      canvas.write(model, endingAt: row.endX, y: row.y, .dim)
      canvas.write(template.title[language], x: row.x, y: row.y, role, limit: row.width - TextWidth.of(model) - 2)
    }
    guard entries.indices.contains(menu.selection), preview.height > 1 else { return }
    let slots = entries[menu.selection].slots(language)
    let text = PromptComposer.compose(slots, PromptLanguage.detect(slots) ?? language)
    for (index, line) in Wrapping.lines(text, width: preview.width).prefix(preview.height - 1).enumerated() {
      canvas.write(line, x: preview.x, y: preview.y + 1 + index, .dim, limit: preview.width)
    }
  }
}
