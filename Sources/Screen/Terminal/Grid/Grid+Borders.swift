/// The characters that lines are made of.
public struct Border: Hashable, Sendable {
  public var horizontal: Character
  public var vertical: Character
  public var topLeft: Character
  public var topRight: Character
  public var bottomLeft: Character
  public var bottomRight: Character
  public var teeLeft: Character
  public var teeRight: Character
  public var teeTop: Character
  public var teeBottom: Character
  public var cross: Character

  public static let light = Border("─│┌┐└┘├┤┬┴┼")
  public static let rounded = Border("─│╭╮╰╯├┤┬┴┼")
  public static let ascii = Border("-|+++++++++")

  /// Eleven characters in the order of the properties; missing ones are spaces.
  init(_ text: String) {
    let all = Array(text.prefix(11)) + Array(repeating: " ", count: max(0, 11 - text.count))
    horizontal = all[0]
    vertical = all[1]
    topLeft = all[2]
    topRight = all[3]
    bottomLeft = all[4]
    bottomRight = all[5]
    teeLeft = all[6]
    teeRight = all[7]
    teeTop = all[8]
    teeBottom = all[9]
    cross = all[10]
  }
}

extension Grid {
  /// A box around the inside of an area, with a title in its upper edge.
  public mutating func border(
    _ rect: Rect, _ border: Border = .light, style: Style = .plain, title: String = "", titleStyle: Style? = nil
  ) {
    guard rect.width >= 2, rect.height >= 2 else { return }
    let (right, bottom) = (rect.endX - 1, rect.endY - 1)
    for y in [rect.y, bottom] { line(from: Point(x: rect.x, y: y), columns: rect.width, border, style: style) }
    for x in [rect.x, right] { line(from: Point(x: x, y: rect.y), rows: rect.height, border, style: style) }
    let corners = [
      (border.topLeft, rect.x, rect.y), (border.topRight, right, rect.y),
      (border.bottomLeft, rect.x, bottom), (border.bottomRight, right, bottom),
    ]
    for (corner, x, y) in corners { put(String(corner), columns: 1, at: Point(x: x, y: y), style: style) }
    guard !title.isEmpty, rect.width >= 6 else { return }
    write(
      " \(title) ", at: Point(x: rect.x + 1, y: rect.y), style: titleStyle ?? style, limit: rect.width - 2,
      ellipsis: true)
  }

  public mutating func line(
    from point: Point, columns: Int, _ border: Border = .light, style: Style = .plain
  ) {
    fill(Rect(x: point.x, y: point.y, width: columns, height: 1), with: border.horizontal, style: style)
  }

  public mutating func line(from point: Point, rows: Int, _ border: Border = .light, style: Style = .plain) {
    fill(Rect(x: point.x, y: point.y, width: 1, height: rows), with: border.vertical, style: style)
  }
}
