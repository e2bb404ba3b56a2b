/// A text laid out in a box of cells: rows, where the cursor is, what is scrolled out of sight.
///
///     let layout = EditorLayout(editor, width: 40, height: 3, wraps: true, measure: TextWidth.of)
///     for row in layout.visible { draw(row.text) }
///
/// Scrolling follows from the cursor alone, so a view needs no state of its own.
public struct EditorLayout {
  public struct Row: Hashable, Sendable {
    /// Graphemes of the text; the line end is not among them.
    public var range: Range<Int>
  }
  public struct Cell: Hashable, Sendable {
    public var column: Int
    public var row: Int
  }

  public let rows: [Row]
  /// Rows hidden above, and cells hidden to the left.
  public let firstRow: Int
  public let firstColumn: Int
  /// In the box.
  public let cursor: Cell
  let cursorRow: Int
  private let height: Int
  private let measure: (Character) -> Int
  private let characters: [Character]

  /// - Parameters:
  ///   - width: cells, at least 3; the last one is kept for a cursor at the end of a row.
  ///   - wraps: whether long lines go on below, or scroll sideways.
  ///   - measure: cells of a grapheme, 0 to 2.
  public init(_ editor: TextEditor, width: Int, height: Int, wraps: Bool, measure: @escaping (Character) -> Int) {
    let (width, height) = (max(3, width), max(1, height))
    self.height = height
    self.measure = measure
    characters = editor.characters
    rows = Self.rows(of: editor.characters, width: wraps ? width - 1 : .max, measure)
    cursorRow = rows.lastIndex { $0.range.lowerBound <= editor.cursor } ?? 0
    let column = editor.characters[rows[cursorRow].range.lowerBound..<editor.cursor].reduce(0) { $0 + measure($1) }
    firstRow = max(0, min(cursorRow - height / 2, rows.count - height))
    firstColumn = wraps || column < width ? 0 : column - width + 1 + min(width / 4, column / 4)
    cursor = Cell(column: column - firstColumn, row: cursorRow - firstRow)
  }

  /// The rows that the box shows.
  public var visible: ArraySlice<Row> { rows[firstRow..<min(rows.count, firstRow + height)] }

  /// Marks that do not begin a row in Chinese.
  private static let clinging: Set<Character> = ["，", "。", "、", "；", "：", "！", "？", "）", "”", "》"]

  private static func rows(of text: [Character], width: Int, _ measure: (Character) -> Int) -> [Row] {
    var rows: [Row] = []
    var start = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      rows += wrap(line, from: start, width: width, measure)
      start += line.count + 1
    }
    return rows
  }

  private static func wrap(
    _ line: ArraySlice<Character>, from start: Int, width: Int, _ measure: (Character) -> Int
  ) -> [Row] {
    var rows: [Row] = []
    var (rowStart, used, breakAfter) = (start, 0, nil as Int?)
    for (offset, character) in line.enumerated() {
      let position = start + offset
      let cells = measure(character)
      if used + cells > width, position > rowStart {
        let end = breakAfter.map { $0 > rowStart ? $0 : position } ?? position
        rows.append(Row(range: rowStart..<end))
        used = line[(line.startIndex + end - start)..<(line.startIndex + offset)].reduce(0) { $0 + measure($1) }
        (rowStart, breakAfter) = (end, nil)
      }
      used += cells
      let next = line.index(line.startIndex, offsetBy: offset + 1)
      let clings = next < line.endIndex && Self.clinging.contains(line[next])
      if character == " " || cells == 2 && !clings { breakAfter = position + 1 }
    }
    rows.append(Row(range: rowStart..<start + line.count))
    return rows
  }

  /// The grapheme at a cell of the box: where a click puts the cursor.
  public func position(atColumn column: Int, row: Int) -> Int {
    position(inRow: max(0, min(rows.count - 1, row + firstRow)), column: column + firstColumn)
  }

  func position(inRow row: Int, column: Int) -> Int {
    var (position, used) = (rows[row].range.lowerBound, 0)
    let end = lastPosition(inRow: row)
    while position < end {
      used += measure(characters[position])
      if used > column { break }
      position += 1
    }
    return position
  }

  /// A wrapped row ends before its last grapheme: the place after it belongs to the row below.
  private func lastPosition(inRow row: Int) -> Int {
    let range = rows[row].range
    let continues = row + 1 < rows.count && rows[row + 1].range.lowerBound == range.upperBound
    return continues ? max(range.lowerBound, range.upperBound - 1) : range.upperBound
  }
}

extension TextEditor {
  /// Moves by rows as they are shown.
  /// - Returns: false at the edge, where nothing moved and a form may go to its next field.
  public mutating func moveRows(_ delta: Int, in layout: EditorLayout, selecting: Bool = false) -> Bool {
    let row = layout.cursorRow + delta
    guard layout.rows.indices.contains(row) else { return false }
    let column = goalColumn ?? (layout.cursor.column + layout.firstColumn)
    history.close()
    place(layout.position(inRow: row, column: column), selecting: selecting)
    goalColumn = column
    return true
  }

  /// Puts the cursor where a click was.
  public mutating func click(atColumn column: Int, row: Int, in layout: EditorLayout) {
    history.close()
    goalColumn = nil
    place(layout.position(atColumn: column, row: row), selecting: false)
  }
}
