import Checkpoints
import WanModel

/// Whether every tensor is there and has its shape, and the parts fit each other: headers only.
struct StructureCheck {
  private let folder: ModelFolder

  init(_ folder: ModelFolder) { self.folder = folder }

  /// Everything that is wrong, part by part; how the parts fit only if each is right by itself.
  func problems() -> [String] {
    var problems: [String] = []
    func check(_ body: () throws(CheckpointError) -> Void) {
      do throws(CheckpointError) {
        try body()
      } catch {
        problems.append(FetchAdvice.sentence(error))
      }
    }
    var parts: [String] = []
    check { () throws(CheckpointError) in parts = try folder.parts() }
    for part in parts { check { () throws(CheckpointError) in try folder.verifyStructure(of: part) } }
    if !parts.isEmpty { check { () throws(CheckpointError) in _ = try folder.tokenizer() } }
    if problems.isEmpty { check { () throws(CheckpointError) in try folder.verifyFit() } }
    return problems
  }
}

/// What to fetch again: a file of the Hugging Face cache is named as its client takes it.
enum FetchAdvice {
  static func sentence(_ error: CheckpointError) -> String {
    guard let (name, file) = HuggingFaceCache.repository(of: error.path), error.isDamage else {
      return error.description
    }
    let missing = if case .missingShard(let shard, _) = error.cause { shard } else { Optional<String>.none }
    let folder = file.split(separator: "/").dropLast().joined(separator: "/")
    let wanted = missing.map { folder.isEmpty ? $0 : "\(folder)/\($0)" } ?? file
    let tensor = error.tensor.map { "tensor \($0.printable()) " } ?? ""
    return "\(error.path.printable(limit: 4096)): \(tensor)\(error.what); fetch it again: hf download \(name) "
      + "\(wanted.printable(limit: 400)) --force-download"
  }
}

extension CheckpointError {
  /// Whether other bytes of the same file would help.
  fileprivate var isDamage: Bool {
    switch cause {
    case .empty, .truncated, .badHeaderLength, .malformed, .sizeMismatch, .overlap, .hole, .trailingBytes, .notFinite,
      .allZero, .checksumMismatch, .missingShard, .notInShard, .notFound, .lfsPointer:
      true
    default: false
    }
  }
}
