import Crypto
import Foundation
import Tensors

/// One file read from its first byte to its last: digests of all of it, and whether its values can be weights.
///
///     let audit = try FileAudit(reading: "model.safetensors", isCancelled: { false }, progress: { bytes in … })
///     audit.sha256         // 64 hexadecimal digits
///     audit.problem        // tensor … holds NaN or infinity
///
/// The file is read in pieces of a few mebibytes, not mapped: a disk that cannot read a block is an error here, and a
/// file that another program shortens is too.
public struct FileAudit: Sendable {
  public let byteCount: Int
  public let sha256: String
  /// SHA-1 of "blob", the size and the content: what git and the Hugging Face cache call a small file. Only where it
  /// was asked for.
  public let gitSHA1: String?
  /// The first tensor with NaN, infinity or nothing but zeros; nil if there is none, or the file holds no tensors.
  public let problem: CheckpointError?

  /// Largest piece that is read at once, in bytes.
  static let piece = 4 << 20

  /// - Parameters:
  ///   - tensors: the file's, if it holds weights.
  ///   - wantsGitSHA1: whether to compute that digest too.
  ///   - progress: told how many bytes more were read.
  /// - Throws: ``CheckpointError`` if it cannot be read; `CancellationError`.
  public init(
    reading path: String, tensors: [TensorEntry] = [], wantsGitSHA1: Bool = false, isCancelled: () -> Bool = { false },
    progress: (Int) -> Void = { _ in }
  ) throws {
    let file = try FileReader(path: path, capacity: Self.piece)
    file.willBeReadInOrder()
    var digests = (sha256: SHA256(), gitSHA1: Insecure.SHA1())
    digests.gitSHA1.update(data: Array("blob \(file.byteCount)\0".utf8))
    var values = ValueCheck(path: path)
    for piece in Self.pieces(tensors, byteCount: file.byteCount) {
      if isCancelled() { throw CancellationError() }
      let bytes = try file.read(piece.range)
      digests.sha256.update(bufferPointer: bytes)
      if wantsGitSHA1 { digests.gitSHA1.update(bufferPointer: bytes) }
      if let tensor = piece.tensor { values.take(tensor, piece.range, file.storage) }
      progress(piece.range.count)
    }
    byteCount = file.byteCount
    sha256 = hexadecimal(digests.sha256.finalize())
    gitSHA1 = wantsGitSHA1 ? hexadecimal(digests.gitSHA1.finalize()) : nil
    problem = values.problem
  }

  struct Piece: Hashable {
    var range: Range<Int>
    /// The tensor that all of it belongs to.
    var tensor: TensorEntry?
  }

  /// The whole file in order, cut where tensors begin and end, and in whole blocks of a quantised one. Of tensors that
  /// share bytes, the first has them.
  static func pieces(_ tensors: [TensorEntry], byteCount: Int, largest: Int = piece) -> [Piece] {
    var pieces: [Piece] = []
    var position = 0
    func cut(to end: Int, _ tensor: TensorEntry?) {
      let block = tensor?.type.block.bytes ?? 1
      let step = max(block, largest / block * block)
      while position < end {
        let next = min(end, position + step)
        pieces.append(Piece(range: position..<next, tensor: tensor))
        position = next
      }
    }
    let sorted = tensors.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    for tensor in sorted where tensor.range.lowerBound >= position && tensor.range.upperBound <= byteCount {
      cut(to: tensor.range.lowerBound, nil)
      cut(to: tensor.range.upperBound, tensor)
    }
    cut(to: byteCount, nil)
    return pieces
  }
}

/// Looks at the values of tensors, a piece after the other.
private struct ValueCheck {
  let path: String
  private(set) var problem: CheckpointError?
  private var current: TensorEntry?
  private var isZero = false

  init(path: String) { self.path = path }

  mutating func take(_ tensor: TensorEntry, _ range: Range<Int>, _ storage: Storage) {
    guard problem == nil, tensor.type.isFloatingPoint else { return }
    if current != tensor { (current, isZero) = (tensor, true) }
    let type = tensor.type
    let values = Tensor(shape: [range.count / type.block.bytes * type.block.values], type: type, storage: storage)
    if let index = values.firstNonFinite() {
      let before = (range.lowerBound - tensor.range.lowerBound) / type.block.bytes * type.block.values
      problem = CheckpointError(.notFinite(index: before + index), path: path, tensor: tensor.name)
      return
    }
    isZero = isZero && Self.isZero(UnsafeRawBufferPointer(start: storage.pointer, count: range.count))
    if isZero, range.upperBound == tensor.range.upperBound, tensor.isMatrix {
      problem = CheckpointError(.allZero(shape: tensor.shape), path: path, tensor: tensor.name)
    }
  }

  /// All bytes are those before them, and the first one is 0.
  private static func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let start = bytes.baseAddress, bytes.count > 0 else { return true }
    return bytes[0] == 0 && memcmp(start, start + 1, bytes.count - 1) == 0
  }
}

extension TensorEntry {
  /// More than one row of more than one value: training leaves none of these at zero.
  var isMatrix: Bool { shape.filter { $0 > 1 }.count >= 2 }
}
