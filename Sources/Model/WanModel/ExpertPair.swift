import Checkpoints
import Foundation

/// Which files are the experts, where somebody names them one by one.
public struct ChosenExperts: Hashable, Sendable {
  public var high: String?
  public var low: String?

  public init(high: String? = nil, low: String? = nil) {
    self.high = high
    self.low = low
  }

  public var isEmpty: Bool { high == nil && low == nil }
}

/// The experts of a model of single files: a pair, or one transformer for all noise levels.
///
///     try ExpertPair(of: "diffusion_models/wan2.2_t2v_high_noise_14B.gguf")    // finds …_low_noise_14B.gguf
struct ExpertPair: Hashable {
  /// Of high noise levels, or of all.
  var high: String
  var low: String?

  init(high: String, low: String?) { (self.high, self.low) = (high, low) }

  /// Those that were chosen; a missing one is looked for beside the other.
  init(_ chosen: ChosenExperts) throws(CheckpointError) {
    switch (chosen.high, chosen.low) {
    case (let high?, let low?):
      if high == low { throw CheckpointError(.twinExperts(other: low), path: high) }
      try Self.check(high, as: .high)
      try Self.check(low, as: .low)
      self.init(high: high, low: low)
    case (let high?, nil):
      try Self.check(high, as: .high)
      self.init(high: high, low: try Self.partner(of: high, .low))
    case (nil, let low?):
      try Self.check(low, as: .low)
      self.init(high: try Self.partner(of: low, .high), low: low)
    case (nil, nil): throw CheckpointError(.noWeights, path: "")
    }
  }

  /// A file whose name says that it is one of two, with the other; any other file by itself.
  init(of file: String) throws(CheckpointError) {
    switch ExpertName(file).noise {
    case .high: self.init(high: file, low: try Self.partner(of: file, .low))
    case .low: self.init(high: try Self.partner(of: file, .high), low: file)
    case nil: self.init(high: file, low: nil)
    }
  }

  private static func check(_ file: String, as noise: ExpertName.Noise) throws(CheckpointError) {
    guard ExpertName(file).noise != noise.other else {
      throw CheckpointError(.wrongExpert(wanted: noise.title, is: noise.other.title), path: file)
    }
  }

  /// The file of the other expert: of the same name but for the word; or else the only one that there is.
  private static func partner(of file: String, _ noise: ExpertName.Noise) throws(CheckpointError) -> String {
    let name = ExpertName(file)
    let folder = file.parentFolder
    let others = ModelPlaces(around: [folder.isEmpty ? "." : folder]).weights(.transformer).filter {
      $0 != file && ExpertName($0).noise == noise && isVideoTransformer($0)
    }
    var found = others.filter { ExpertName($0).pair == name.pair }
    let alike = found.filter { $0.fileExtension == file.fileExtension }
    if found.count > 1, !alike.isEmpty { found = alike }
    if found.isEmpty { found = others }
    guard found.count <= 1 else {
      throw CheckpointError(.ambiguousPart(part: noise.title, names: found.map(Self.name)), path: file)
    }
    guard let only = found.first else { throw CheckpointError(.missingExpert(noise.title), path: file) }
    return only
  }

  static func name(_ path: String) -> String { path.fileName }
}

extension ExpertPair {
  /// The only model among the transformers of a folder; nil if there is none.
  /// - Throws: if there are several, or an expert is missing.
  init?(among files: [String], in folder: String) throws(CheckpointError) {
    let candidates = files.filter(Self.isVideoTransformer)
    let high = candidates.filter { ExpertName($0).noise == .high }
    let low = candidates.filter { ExpertName($0).noise == .low }
    let single = candidates.filter { ExpertName($0).noise == nil }
    guard !candidates.isEmpty else { return nil }
    for (noise, found) in [(ExpertName.Noise.high, high), (.low, low)] where found.count > 1 {
      throw CheckpointError(.ambiguousPart(part: noise.title, names: found.map(Self.name)), path: folder)
    }
    guard (high.isEmpty && low.isEmpty) || single.isEmpty, single.count <= 1 else {
      throw CheckpointError(.ambiguousPart(part: "transformer", names: candidates.map(Self.name)), path: folder)
    }
    if let only = single.first {
      self.init(high: only, low: nil)
    } else {
      let file = high.first ?? low.first ?? folder
      guard let high = high.first else {
        throw CheckpointError(.missingExpert(ExpertName.Noise.high.title), path: file)
      }
      guard let low = low.first else { throw CheckpointError(.missingExpert(ExpertName.Noise.low.title), path: file) }
      self.init(high: high, low: low)
    }
  }

  /// Whether a file is, by its name, a transformer that makes videos from text alone.
  static func isVideoTransformer(_ path: String) -> Bool {
    let name = name(path).lowercased()
    let words = name.split { !$0.isLetter && !$0.isNumber }.map(String.init)
    guard !["lora", "vae", "t5", "taew", "clip"].contains(where: name.contains) else { return false }
    guard Set(words).isDisjoint(with: ["i2v", "flf2v", "s2v", "vace", "animate", "fun", "camera"]) else { return false }
    return name.contains("wan") || ExpertName(path).noise != nil
  }
}
