/// One picture inside the VAE: [height, width, channels] float32 with a border of one zero pixel all around.
///
/// The border makes a 3 × 3 convolution a sum of plain matrix products over the memory as it lies, without
/// copies to pad. Every operation that makes a map leaves its border zero.
public struct FeatureMap {
  public let height: Int
  public let width: Int
  public let channels: Int
  /// [height + 2, width + 2, channels]
  let values: Tensor

  /// Uninitialised inside, zero on the border's top and bottom rows; the maker zeroes the border columns.
  init(uninitializedHeight height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
    values = Tensor(uninitialized: [height + 2, width + 2, channels])
    if Rehearsal.isOn { return }
    let row = (width + 2) * channels
    values.f32.update(repeating: 0, count: row)
    (values.f32 + (height + 1) * row).update(repeating: 0, count: row)
  }

  public var byteCount: Int { values.byteCount }

  /// Elements from one row to the next.
  var rowStride: Int { (width + 2) * channels }

  /// The first value of row `row` of the picture, left border excluded. Rows −1 and `height` are border.
  func row(_ row: Int) -> UnsafeMutablePointer<Float> { values.f32 + (row + 1) * rowStride + channels }

  /// Zeroes the border columns of `rows`, which matrix products over whole rows have written.
  func clearSides(_ rows: Range<Int>) {
    for index in rows {
      (row(index) - channels).update(repeating: 0, count: channels)
      (row(index) + width * channels).update(repeating: 0, count: channels)
    }
  }

  /// Copies [height, width, channels] float32 values into a map.
  public init(_ picture: Tensor) {
    self.init(uninitializedHeight: picture.shape[0], width: picture.shape[1], channels: picture.shape[2])
    if Rehearsal.isOn { return }
    for index in 0..<height {
      row(index).update(from: picture.f32 + index * width * channels, count: width * channels)
    }
    clearSides(0..<height)
  }

  /// The picture without its border: [height, width, channels].
  public func picture() -> Tensor {
    let result = Tensor(uninitialized: [height, width, channels])
    if Rehearsal.isOn { return result }
    for index in 0..<height {
      (result.f32 + index * width * channels).update(from: row(index), count: width * channels)
    }
    return result
  }
}
