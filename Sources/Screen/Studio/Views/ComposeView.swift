import Catalog
import Prompting
import Rendering
import Terminal

/// The prompt being written: fields, what the model will read, advice, settings; the render beside it.
enum ComposeView {
  static func draw(_ state: StudioState, _ canvas: inout Canvas) {
    let layout = ComposeLayout(state)
    let top = Rect(x: 0, y: 1, width: state.size.width, height: 1)
    canvas.rule(top)
    drawFields(state, &canvas, layout)
    ReadsAsView.draw(state, &canvas, layout.readsAs)
    AdviceView.draw(state, &canvas, layout.advice)
    SettingsView.draw(state, &canvas, layout.settings)
    PlanView.draw(state, &canvas, layout.plan)
    if layout.isWide {
      canvas.divider(x: layout.left.endX, from: 1, to: state.size.height - 1)
      RenderPanelView.draw(state, &canvas, layout.panel)
    } else {
      layout.panel.height > 4
        ? RenderPanelView.draw(state, &canvas, layout.panel.inset(left: 1, right: 1))
        : RenderStripView.draw(state, &canvas, layout.panel)
    }
  }

  private static func drawFields(_ state: StudioState, _ canvas: inout Canvas, _ layout: ComposeLayout) {
    for focus in state.compose.fields {
      guard let box = layout.fields[focus] else { continue }
      let isFocused = focus == state.compose.focus
      let label: String
      switch focus {
      case .slot(let slot): label = title(slot, state.options.language)
      case .free: label = canvas.look.say(.freeText)
      case .settings: label = ""
      }
      if isFocused {
        canvas.write(canvas.look.signs.marker, x: box.x - ComposeLayout.labelWidth - 1, y: box.y, .accent)
      }
      canvas.write(
        label, x: box.x - ComposeLayout.labelWidth, y: box.y, isFocused ? .accent : .fieldLabel,
        limit: ComposeLayout.labelWidth - 1)
      canvas.hit(box, .field(focus))
      drawText(focus, state, &canvas, box)
    }
  }

  static func title(_ slot: Slot, _ language: PromptLanguage) -> String {
    let name = slot.name[language]
    return name.prefix(1).uppercased() + name.dropFirst()
  }

  private static func drawText(
    _ focus: ComposeState.Focus, _ state: StudioState, _ canvas: inout Canvas, _ box: Rect
  ) {
    let isFocused = focus == state.compose.focus
    let editor: TextEditor
    switch focus {
    case .slot(let slot): editor = state.compose[slot]
    case .free: editor = state.compose.freeText
    case .settings: return
    }
    let takesKeys = isFocused && state.layers.isEmpty
    canvas.editor(
      editor, in: box, wraps: true, isFocused: takesKeys, ghost: takesKeys ? state.compose.ghost : nil,
      role: isFocused ? .fieldFocus : .field)
    if editor.isEmpty, !isFocused, case .slot(.negative) = focus, !state.settings.defaults.negativePrompt.isEmpty {
      canvas.write(state.settings.defaults.negativePrompt, x: box.x, y: box.y, .ghost, limit: box.width)
    }
  }
}

extension Canvas {
  /// A text with its selection, its ghost and the terminal's cursor, where input methods open.
  mutating func editor(
    _ editor: TextEditor, in box: Rect, wraps: Bool, isFocused: Bool, ghost: String? = nil, role: ThemeRole
  ) {
    let layout = EditorLayout(editor, width: box.width, height: box.height, wraps: wraps, measure: TextWidth.of)
    fill(box, role)
    for (index, row) in layout.visible.enumerated() {
      var x = box.x - layout.firstColumn
      for position in row.range {
        let character = editor.characters[position]
        let cells = TextWidth.of(character)
        defer { x += cells }
        guard x >= box.x, x + cells <= box.endX else { continue }
        let isSelected = editor.selection?.contains(position) ?? false
        grid.write(
          String(character), at: Point(x: x, y: box.y + index), style: look[isSelected && isFocused ? .selection : role]
        )
      }
    }
    guard isFocused else { return }
    let cursor = Point(x: box.x + layout.cursor.column, y: box.y + layout.cursor.row)
    grid.cursor = cursor
    if let ghost { write(ghost, x: cursor.x, y: cursor.y, .ghost, limit: box.endX - cursor.x) }
  }
}
