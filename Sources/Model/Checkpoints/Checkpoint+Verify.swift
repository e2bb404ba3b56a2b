import Foundation
import Synchronization
import Tensors

extension Checkpoint {
  /// Checks names and shapes against what a configuration expects.
  ///
  /// - Parameters:
  ///   - expected: name → shape of every tensor that must be there.
  ///   - optional: name → shape of tensors that may be there.
  /// - Throws: ``CheckpointError`` naming the first tensor (by name) that is missing, has another shape, or is
  ///   unexpected, and how many others there are.
  public func verify(against expected: [String: [Int]], optional: [String: [Int]] = [:]) throws(CheckpointError) {
    let missing = expected.keys.filter { !contains($0) }
    if let first = missing.min() {
      throw CheckpointError(.missing(others: missing.count - 1), path: path, tensor: fileName(of: first))
    }
    try verifyShapes(expected.merging(optional) { required, _ in required })
    let unexpected = names.filter { expected[$0] == nil && optional[$0] == nil }
    if let first = unexpected.first {
      throw CheckpointError(
        .unexpected(others: unexpected.count - 1), path: file(of: first)?.path ?? path,
        tensor: fileName(of: first))
    }
  }

  private func verifyShapes(_ expected: [String: [Int]]) throws(CheckpointError) {
    let wrong = expected.filter { name, shape in entry(named: name).map { $0.shape != shape } ?? false }
    guard let (name, shape) = wrong.min(by: { $0.key < $1.key }), let entry = entry(named: name) else { return }
    throw CheckpointError(
      .wrongShape(found: entry.shape, expected: shape, others: wrong.count - 1),
      path: file(of: name)?.path ?? path, tensor: fileName(of: name))
  }

  /// Reads every value, on all processors, and finds the first that is NaN or infinite.
  ///
  /// - Throws: ``CheckpointError`` naming file, tensor and index.
  public func verifyFinite() throws(CheckpointError) {
    let checked = files.flatMap { file in file.entries.filter { $0.type.isFloatingPoint }.map { (file, $0) } }
    let first = Mutex<(position: Int, error: CheckpointError)?>(nil)
    DispatchQueue.concurrentPerform(iterations: checked.count) { position in
      let (file, entry) = checked[position]
      guard let error = Self.notFinite(entry, in: file) else { return }
      first.withLock { found in
        if found.map({ position < $0.position }) ?? true { found = (position, error) }
      }
    }
    if let found = first.withLock({ $0 }) { throw found.error }
  }

  private static func notFinite(_ entry: TensorEntry, in file: WeightsFile) -> CheckpointError? {
    file.mapping.advise(.willNeed, entry.range)
    defer { file.mapping.advise(.dontNeed, entry.range) }
    let index = file.tensor(entry).firstNonFinite()
    return index.map { CheckpointError(.notFinite(index: $0), path: file.path, tensor: entry.name) }
  }
}
