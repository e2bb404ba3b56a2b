import Rendering
import Terminal

extension StudioState {
  /// A click does what is drawn there; the wheel moves in lists.
  mutating func moved(_ mouse: Mouse) -> [Effect] {
    switch mouse.action {
    case .press(.left):
      guard let hit = StudioView.draw(self).hits.last(where: { $0.area.contains(mouse.point) }) else { return [] }
      notice = nil
      return clicked(hit.target, at: Point(x: mouse.point.x - hit.area.x, y: mouse.point.y - hit.area.y))
    case .wheelUp: return perform(.up)
    case .wheelDown: return perform(.down)
    case .press, .release, .drag: return []
    }
  }

  private mutating func clicked(_ target: Hit.Target, at point: Point) -> [Effect] {
    switch target {
    case .action(let action): return perform(action)
    case .field(let focus): return leavingEntry { $0.click(focus, at: point) }
    case .setting(let field): return click(field)
    case .job(let index): return select(index)
    case .queued(let index): queue.selection = index
    case .model(let index): models.selection = index
    case .menu(let index): return chooseInMenu(index)
    case .nothing: break
    }
    return []
  }

  private mutating func click(_ field: SettingField) -> [Effect] {
    if settings.entry != nil, field == settings.field { return [] }
    return leavingEntry { state in
      state.compose.focus = .settings
      state.settings.field = field
      return state.saveSettings()
    }
  }

  private mutating func click(_ focus: ComposeState.Focus, at point: Point) -> [Effect] {
    compose.focus = focus
    if var editor = compose.editor, let box = ComposeLayout(self).fields[focus] {
      let layout = EditorLayout(editor, width: box.width, height: box.height, wraps: true, measure: TextWidth.of)
      editor.click(atColumn: point.x, row: point.y, in: layout)
      compose.editor = editor
    }
    refreshGhost()
    return []
  }

  private mutating func chooseInMenu(_ index: Int) -> [Effect] {
    guard let layer = layers.popLast() else { return [] }
    func at(_ menu: Menu) -> Menu {
      var menu = menu
      menu.selection = index
      return menu
    }
    switch layer {
    case .help(let menu): layers.append(.help(at(menu)))
    case .palette(let menu): layers.append(.palette(at(menu)))
    case .words(let menu): layers.append(.words(at(menu)))
    case .templates(let menu): layers.append(.templates(at(menu)))
    case .question, .input, .welcome, .batch, .log: layers.append(layer)
    }
    return choose()
  }
}
