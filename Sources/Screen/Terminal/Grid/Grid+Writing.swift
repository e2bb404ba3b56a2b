extension Grid {
  /// Writes one line and returns the columns it took. What lies outside is clipped, a wide character as a whole.
  /// - Parameters:
  ///   - limit: at most so many columns
  ///   - ellipsis: whether text that was cut to the limit or the right edge ends in "…"
  @discardableResult
  public mutating func write(
    _ text: some StringProtocol, at point: Point, style: Style = .plain, limit: Int? = nil, ellipsis: Bool = false
  ) -> Int {
    let room = max(0, min(limit ?? .max, size.width - point.x))
    let isCut = ellipsis && room > 0 && TextWidth.of(text) > room
    let end = point.x + (isCut ? room - 1 : room)
    var x = point.x
    for character in text {
      let columns = TextWidth.of(character)
      guard x + columns <= end else { break }
      if columns == 0 { continue }
      put(String(TextWidth.visible(character)), columns: columns, at: Point(x: x, y: point.y), style: style)
      x += columns
    }
    if isCut {
      put("…", columns: 1, at: Point(x: x, y: point.y), style: style)
      x += 1
    }
    return x - point.x
  }

  /// Writes one line that ends before column `end`.
  public mutating func write(_ text: some StringProtocol, endingAt end: Point, style: Style = .plain) {
    write(text, at: Point(x: end.x - TextWidth.of(text), y: end.y), style: style)
  }
}
