/// How a matrix [rows, columns] lies that does not lie row after row: in panels, each of all rows of some columns. A
/// product over long rows goes panel by panel, so that what it reads of both operands stays in the second-level cache.
///
/// Only what is for products lies so (``Use/products``): a device that makes panels reads them.
struct Panels: Equatable {
  /// Columns of each.
  let width: Int
  /// Bytes from one to the next: more than it takes if the rows are some of a taller matrix.
  let stride: Int
}

extension Tensor {
  /// A matrix in panels of so many columns, which divide it; row after row if that is nil.
  init(uninitialized shape: [Int], type: ElementType, panelWidth: Int?) {
    self = Tensor(uninitialized: shape, type: type).inPanels(of: panelWidth)
  }

  /// The same place, where a matrix is to lie in panels.
  func inPanels(of width: Int?) -> Tensor {
    guard let width, shape[1] > width else { return self }
    precondition(shape.count == 2 && shape[1].isMultiple(of: width), "panels are equal")
    return Tensor(
      shape: shape, type: type, storage: storage, byteOffset: byteOffset,
      panels: Panels(width: width, stride: shape[0] * width * type.block.bytes))
  }

  /// How many columns lie together: the distance of two rows.
  var rowStride: Int { panels?.width ?? shape[1] }

  /// Where a value of a matrix lies, and the others of its row until the end of its panel.
  func address(row: Int, column: Int) -> UnsafeMutableRawPointer {
    let (panel, place) = column.quotientAndRemainder(dividingBy: rowStride)
    return pointer + panel * (panels?.stride ?? 0) + (row * rowStride + place) * type.block.bytes
  }

  /// The same values row after row; itself if they lie so.
  func rowAfterRow() -> Tensor {
    if panels == nil { return self }
    let result = Tensor(uninitialized: shape, type: type)
    if Rehearsal.isOn { return result }
    for row in 0..<shape[0] { result.copyRow(row, from: self, row) }
    return result
  }

  /// A row of another matrix of the same width and type, either in panels or not.
  func copyRow(_ row: Int, from other: Tensor, _ otherRow: Int) {
    let width = min(rowStride, other.rowStride)
    for column in stride(from: 0, to: shape[1], by: width) {
      address(row: row, column: column).copyMemory(
        from: other.address(row: otherRow, column: column), byteCount: width * type.block.bytes)
    }
  }
}

extension CPU {
  /// Panels are whole strips of results, so that each strip lies in one.
  static let panelMultiple = 256
  private static let widestPanelBytes = 3072
  /// Fewer rows are no work for which anything should be arranged.
  private static let rowsWorthPanels = 64

  /// Columns of the panels of a matrix for products; nil if it is to lie row after row.
  /// - Parameter bytes: of a number. Where bytes are multiplied nothing else lies in panels: a row is rounded as a whole.
  func panelWidth(rows: Int, columns: Int, bytes: Int = 2) -> Int? {
    let widest = Self.widestPanelBytes / bytes
    guard usesPanels, bytes == 1 || !multipliesBytes, rows >= Self.rowsWorthPanels, columns > widest else { return nil }
    return stride(from: widest, to: 0, by: -Self.panelMultiple).first { columns.isMultiple(of: $0) }
  }

  /// A place for a result.
  func place(_ shape: [Int], for use: Use) -> Tensor {
    Tensor(
      uninitialized: shape, type: type(for: use),
      panelWidth: use == .products ? panelWidth(rows: shape[0], columns: shape[1]) : nil)
  }
}
