/// One picture inside the VAE: [height, width, channels] with a border of one zero pixel all around; float32, or the
/// type that the device multiplies where convolutions alone read it.
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
  /// - Parameter stays: whether it will be remembered for the frames to come.
  init(
    uninitializedHeight height: Int, width: Int, channels: Int, type: ElementType = .float32, stays: Bool = false
  ) {
    self.height = height
    self.width = width
    self.channels = channels
    values = Tensor(uninitialized: [height + 2, width + 2, channels], type: type, stays: stays)
    if Rehearsal.isOn { return }
    let row = (width + 2) * channels * type.block.bytes
    values.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: row)
    (values.pointer + (height + 1) * row).initializeMemory(as: UInt8.self, repeating: 0, count: row)
  }

  var type: ElementType { values.type }

  public var byteCount: Int { values.byteCount }

  /// Elements from one row to the next.
  var rowStride: Int { (width + 2) * channels }

  /// The first value of row `row` of the picture, left border excluded. Rows −1 and `height` are border.
  func row(_ row: Int) -> UnsafeMutablePointer<Float> { values.f32 + (row + 1) * rowStride + channels }

  /// Where row `row` begins, left border included.
  func start(ofRow row: Int) -> UnsafeMutableRawPointer {
    values.pointer + (row + 1) * rowStride * type.block.bytes
  }

  /// Zeroes the border columns of `rows`, which operations over whole rows have written.
  func clearSides(_ rows: Range<Int>) {
    let pixel = channels * type.block.bytes
    for index in rows {
      let left = start(ofRow: index)
      left.initializeMemory(as: UInt8.self, repeating: 0, count: pixel)
      (left + (width + 1) * pixel).initializeMemory(as: UInt8.self, repeating: 0, count: pixel)
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

  /// The same float32 picture in memory of its own.
  public func copy() -> FeatureMap {
    FeatureMap(height: height, width: width, channels: channels, values: values.copy())
  }

  private init(height: Int, width: Int, channels: Int, values: Tensor) {
    (self.height, self.width, self.channels, self.values) = (height, width, channels, values)
  }

  /// The picture, which is float32, without its border: [height, width, channels].
  public func picture() -> Tensor {
    let result = Tensor(uninitialized: [height, width, channels])
    if Rehearsal.isOn { return result }
    for index in 0..<height {
      (result.f32 + index * width * channels).update(from: row(index), count: width * channels)
    }
    return result
  }
}
