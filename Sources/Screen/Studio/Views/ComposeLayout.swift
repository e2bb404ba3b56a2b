import Prompting
import Terminal

/// Where things are on the Compose screen. Update asks it too: a cursor moves by rows as they are shown.
struct ComposeLayout {
  /// Only the text, without its label.
  private(set) var fields: [ComposeState.Focus: Rect] = [:]
  private(set) var readsAs = Rect(Size(width: 0, height: 0))
  private(set) var advice = Rect(Size(width: 0, height: 0))
  /// The values, with the rule above them; empty where they are not shown.
  private(set) var settings = Rect(Size(width: 0, height: 0))
  private(set) var plan = Rect(Size(width: 0, height: 0))
  private(set) var panel = Rect(Size(width: 0, height: 0))
  private(set) var left = Rect(Size(width: 0, height: 0))
  let isWide: Bool

  static let labelWidth = 10
  /// The rule and the rows of values.
  static let valuesHeight = 1 + (SettingField.allCases.count + SettingsView.columns - 1) / SettingsView.columns

  init(_ state: StudioState) {
    let body = Rect(state.size).inset(top: 1, bottom: 1)
    isWide = Self.isWide(state.size)
    var column = body.inset(top: 1)
    if isWide {
      (column, panel) = column.splitLeft(body.width * 54 / 100)
      panel = panel.inset(left: 3, right: 1)
    } else {
      panel = column.takeBottom(Self.stripHeight(state.size))
    }
    left = column
    // On a very low screen the values show while they have the keys; the plan always does.
    let showsValues = column.height >= 16 || state.compose.focus == .settings
    // A plan that has much to say leaves room for the fields and for what the model reads.
    let most = column.height - (showsValues ? Self.valuesHeight : 0) - 7
    plan = column.takeBottom(PlanView.rows(state, width: column.width - 2, most: most)).inset(left: 1, right: 1)
    if showsValues { settings = column.takeBottom(Self.valuesHeight) }
    place(state, &column)
  }

  static func isWide(_ size: Size) -> Bool { size.width >= 108 && size.height >= 24 }

  /// A few lines; on a tall screen the whole panel.
  static func stripHeight(_ size: Size) -> Int { size.height >= 40 ? size.height - 22 : 4 }

  private mutating func place(_ state: StudioState, _ column: inout Rect) {
    let compose = state.compose
    let focuses = compose.fields.filter { $0 != .settings }
    let width = max(3, column.width - Self.labelWidth - 2)
    let spare = max(0, column.height - focuses.count)
    var extra = spare * (compose.isFree ? 6 : 4) / 10
    for focus in Self.visible(focuses, focus: compose.focus, rows: column.height) {
      let editor = Self.editor(focus, compose)
      let rows = EditorLayout(editor, width: width, height: 1, wraps: true, measure: TextWidth.of).rows.count
      let height = 1 + min(extra, rows - 1)
      extra -= height - 1
      let area = column.takeTop(height)
      fields[focus] = Rect(x: area.x + 1 + Self.labelWidth, y: area.y, width: width, height: area.height)
    }
    if column.height > 6 { _ = column.takeTop(1) }
    readsAs = column.takeTop(min(readRows(state, width), max(1, column.height / 2)))
    if column.height > 3 { _ = column.takeTop(1) }
    advice = column
  }

  /// Where there is no room for all, those around the one that has the keys.
  private static func visible(
    _ all: [ComposeState.Focus], focus: ComposeState.Focus, rows: Int
  ) -> ArraySlice<ComposeState.Focus> {
    let index = all.firstIndex(of: focus) ?? 0
    let first = max(0, min(index - rows + 1, all.count - rows))
    return all[first..<min(all.count, first + rows)]
  }

  private static func editor(_ focus: ComposeState.Focus, _ compose: ComposeState) -> TextEditor {
    switch focus {
    case .slot(let slot): compose[slot]
    case .free: compose.freeText
    case .settings: TextEditor()
    }
  }

  private func readRows(_ state: StudioState, _ width: Int) -> Int {
    if state.compose.isFree { return 1 }
    return Wrapping.lines(state.compose.prompt(state.options.language), width: width).count + (isWide ? 1 : 0)
  }
}

/// Sentences cut into lines.
enum Wrapping {
  static func lines(_ text: String, width: Int) -> [String] {
    let editor = TextEditor(text)
    let layout = EditorLayout(editor, width: width + 1, height: 1, wraps: true, measure: TextWidth.of)
    return layout.rows.enumerated().map { index, row in
      let text = editor.characters[row.range]
      // A line that goes on begins with a word: after Chinese, the space that parts it from the next may come first.
      let goesOn = index > 0 && layout.rows[index - 1].range.upperBound == row.range.lowerBound
      return String(goesOn ? text.drop { $0 == " " } : text)
    }
  }
}
