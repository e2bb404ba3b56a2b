import Checkpoints
import Foundation

/// Where people keep the files of one model: side by side, in ComfyUI's folders, or as a repository publishes them.
///
///     ComfyUI/models/diffusion_models/…   ComfyUI/models/text_encoders/…   ComfyUI/models/vae/…
///     Wan_2.2_ComfyUI_Repackaged/split_files/diffusion_models/…
///     Wan2.2-T2V-A14B-GGUF/HighNoise/…   …/LowNoise/…   …/VAE/…
struct ModelPlaces: Hashable {
  /// What a folder of ComfyUI holds, by its name in small letters.
  private static let kinds: [String: Kind] = [
    "diffusion_models": .transformer, "unet": .transformer, "highnoise": .transformer, "lownoise": .transformer,
    "high_noise": .transformer, "low_noise": .transformer, "text_encoders": .textEncoder, "text_encoder": .textEncoder,
    "clip": .textEncoder, "vae": .vae,
  ]
  /// Folders that hold such folders.
  private static let wholes = ["models", "split_files"]
  private static let mostFiles = 10_000

  enum Kind: Hashable { case transformer, textEncoder, vae }

  /// Folders that hold parts side by side, or folders for them.
  let roots: [String]

  /// - Parameter folders: where to begin, the nearest first.
  init(around folders: [String]) {
    var roots: [String] = []
    for folder in folders {
      roots.append(folder)
      roots += Self.wholes.map { "\(folder)/\($0)" }.filter(ModelLayout.isFolder)
      roots += Self.above(folder)
    }
    var seen: Set<String> = []
    self.roots = roots.filter { seen.insert($0).inserted }
  }

  /// A file in `diffusion_models`, or in a folder inside it, has the other parts in the folders next to that one.
  private static func above(_ folder: String) -> [String] {
    var path = URL(filePath: folder).standardizedFileURL
    for _ in 0..<3 {
      let isKnown = kinds[path.lastPathComponent.lowercased()] != nil
      path = path.deletingLastPathComponent()
      if isKnown { return [path.path] + (path.path == "/" ? [] : above(path.path)) }
    }
    return []
  }

  /// Weights files that may be of this kind, the nearest first: those side by side, then those in the folders for it.
  /// - Parameter folder: where they must be, if not anywhere.
  func weights(_ kind: Kind, isBelow folder: String? = nil) -> [String] {
    var files: [String] = []
    for root in roots where folder == nil || root == folder || root.hasPrefix("\(folder ?? "")/") {
      let names = Self.names(in: root)
      files += names.map { "\(root)/\($0)" }.filter(Self.isWeights)
      for name in names where Self.kinds[name.lowercased()] == kind { files += Self.weights(below: "\(root)/\(name)") }
    }
    var seen: Set<String> = []
    return files.filter { seen.insert($0).inserted }
  }

  /// Of a folder and of those in it.
  private static func weights(below folder: String) -> [String] {
    names(in: folder).flatMap { name in
      let path = "\(folder)/\(name)"
      if isWeights(path) { return [path] }
      return ModelLayout.isFolder(path) ? names(in: path).map { "\(path)/\($0)" }.filter(isWeights) : []
    }
  }

  private static func names(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return Array(names.filter { !$0.hasPrefix(".") }.sorted().prefix(mostFiles))
  }

  static func isWeights(_ path: String) -> Bool {
    let name = path.lowercased()
    return [".safetensors", ".gguf", ".pth"].contains { name.hasSuffix($0) } && !ModelLayout.isFolder(path)
  }

  /// Folders in which `spiece.model` is looked for.
  func tokenizers(beside textEncoder: String?) -> [String] {
    let near = textEncoder.map { [$0.parentFolder] } ?? []
    return (roots + near).flatMap { root in ["\(root)/tokenizer", "\(root)/google/umt5-xxl", root] }
  }
}
