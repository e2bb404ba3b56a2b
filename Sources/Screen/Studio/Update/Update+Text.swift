import Prompting
import Rendering
import Terminal

extension StudioState {
  /// The text that has the keys.
  var focusedText: TextEditor? {
    get {
      switch layers.last {
      case .help(let menu), .palette(let menu), .words(let menu), .templates(let menu): return menu.filter
      case .input(let line): return line.editor
      case .question, .welcome, .batch, .log: return nil
      case nil: break
      }
      if isZoomed { return nil }
      switch screen {
      case .compose: return settings.entry ?? compose.editor
      case .history: return history.isFiltering ? history.filterText : nil
      case .queue, .models: return nil
      }
    }
    set {
      guard let newValue else { return }
      if !layers.isEmpty { return setLayerText(newValue) }
      switch screen {
      case .compose: if settings.entry != nil { settings.entry = newValue } else { compose.editor = newValue }
      case .history: history.filterText = newValue
      case .queue, .models: break
      }
    }
  }

  private mutating func setLayerText(_ text: TextEditor) {
    guard let layer = layers.popLast() else { return }
    var menu = Menu()
    menu.filter = text
    switch layer {
    case .help: layers.append(.help(menu))
    case .palette: layers.append(.palette(menu))
    case .words: layers.append(.words(menu))
    case .templates: layers.append(.templates(menu))
    case .input(var line):
      (line.editor, line.problem) = (text, nil)
      layers.append(.input(line))
    case .question, .welcome, .batch, .log: layers.append(layer)
    }
  }

  mutating func takeText(_ action: EditAction) -> [Effect] {
    guard var editor = focusedText else { return [] }
    let before = editor
    editor.apply(action, &killed)
    // A menu keeps its place while the cursor moves only.
    guard editor != before else { return [] }
    focusedText = editor
    guard editor.text != before.text || layers.isEmpty else { return [] }
    return textChanged(isMotion: editor.text == before.text)
  }

  /// What follows from a changed text, by whose text it is.
  private mutating func textChanged(isMotion: Bool) -> [Effect] {
    guard layers.isEmpty else { return [] }
    switch screen {
    case .compose:
      if settings.entry != nil { return [] }
      if isMotion {
        refreshGhost()
        return []
      }
      return promptChanged()
    case .history: return isMotion ? [] : queryHistory()
    case .queue, .models: return []
    }
  }

  /// Keys that move in a text or delete: too many for the table, and the same everywhere.
  mutating func moveInText(_ key: Key) -> [Effect]? {
    guard focusedText != nil else { return nil }
    let selecting = key.modifiers.contains(.shift)
    let isPlain = key.modifiers.subtracting(.shift).isEmpty
    switch key.code {
    case .left where isPlain: return takeText(.move(.left, selecting: selecting))
    case .right where isPlain:
      if !selecting, let ghost = compose.ghost, layers.isEmpty, screen == .compose, settings.entry == nil {
        return takeText(.paste(ghost))
      }
      return takeText(.move(.right, selecting: selecting))
    case .left where selecting: return takeText(.move(.wordLeft, selecting: true))
    case .right where selecting: return takeText(.move(.wordRight, selecting: true))
    case .home: return takeText(.move(isPlain ? .lineStart : .textStart, selecting: selecting))
    case .end: return takeText(.move(isPlain ? .lineEnd : .textEnd, selecting: selecting))
    case .backspace where isPlain: return takeText(.delete(.left))
    case .backspace where key.modifiers == .control: return takeText(.delete(.wordLeft))
    case .delete where isPlain: return takeText(.delete(.right))
    case .delete: return takeText(.delete(.wordRight))
    case .up where isPlain: return moveRows(-1, selecting: selecting)
    case .down where isPlain: return moveRows(1, selecting: selecting)
    default: return nil
    }
  }

  /// By rows as shown; at the edge of a field to its neighbour.
  private mutating func moveRows(_ delta: Int, selecting: Bool) -> [Effect]? {
    guard layers.isEmpty, screen == .compose, settings.entry == nil, var editor = compose.editor,
      let box = ComposeLayout(self).fields[compose.focus]
    else { return nil }
    let layout = EditorLayout(editor, width: box.width, height: box.height, wraps: true, measure: TextWidth.of)
    if editor.moveRows(delta, in: layout, selecting: selecting) {
      compose.editor = editor
      refreshGhost()
      return []
    }
    return perform(delta < 0 ? .previousField : .nextField)
  }

  /// - Returns: nil if the action is no business of a text.
  mutating func performText(_ action: Action) -> [Effect]? {
    guard let edit = action.edit else { return nil }
    if action == .copySelection, let selected = focusedText?.selectedText {
      return takeText(edit) + [.copy(selected, Bilingual("cut", "已剪切"))]
    }
    return takeText(edit)
  }
}

extension Action {
  fileprivate var edit: EditAction? {
    switch self {
    case .undo: .undo
    case .redo: .redo
    case .killLine: .kill(.lineEnd)
    case .killToStart: .kill(.lineStart)
    case .killWord: .kill(.wordLeft)
    case .killWordForward: .kill(.wordRight)
    case .yank: .yank
    case .copySelection: .cut
    case .selectAll: .selectAll
    case .wordLeft: .move(.wordLeft, selecting: false)
    case .wordRight: .move(.wordRight, selecting: false)
    case .newLine: .insert("\n")
    default: nil
    }
  }
}
