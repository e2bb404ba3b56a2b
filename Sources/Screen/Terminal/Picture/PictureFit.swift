/// Where a picture goes in its area.
enum PictureFit {
  /// The largest area of cells in the middle that keeps the picture's proportions.
  /// - Parameter cell: a cell's width and height in pixels; 1 × 2 is what most fonts come close to.
  static func rect(width: Int, height: Int, in area: Rect, cell: Size) -> Rect {
    guard width > 0, height > 0, cell.width > 0, cell.height > 0, !area.isEmpty else {
      return Rect(x: 0, y: 0, width: 0, height: 0)
    }
    let scale = min(
      Double(area.width * cell.width) / Double(width), Double(area.height * cell.height) / Double(height))
    let columns = Int((Double(width) * scale / Double(cell.width)).rounded())
    let rows = Int((Double(height) * scale / Double(cell.height)).rounded())
    return area.centred(Size(width: max(1, columns), height: max(1, rows)))
  }
}
