import Checkpoints
import Foundation

/// The parts of a model as single files in one folder, or in the folders of ComfyUI below it (`diffusion_models`,
/// `text_encoders`, `vae`): known by what people call them.
///
///     wan2.2_t2v_high_noise_14B_Q4_K_M.gguf   wan2.2_t2v_low_noise_14B_Q4_K_M.gguf
///     umt5_xxl_fp8_e4m3fn_scaled.safetensors   wan_2.1_vae.safetensors   tokenizer/spiece.model
struct ModelFiles {
  private let folder: String
  /// Component → every file that could be it.
  private let candidates: [String: [String]]
  private static let mostFiles = 10_000

  /// nil if the folder does not hold a whole model.
  init?(folder: String) {
    self.folder = folder
    candidates = Dictionary(grouping: Self.weights(in: folder), by: Self.component)
    let parts = Set(candidates.keys)
    guard parts.isSuperset(of: ["transformer", "text_encoder", "vae"]) else { return nil }
  }

  var hasTwoExperts: Bool { candidates["transformer_2"] != nil }

  func path(_ component: String) -> String? { candidates[component]?.first }

  /// - Throws: ``CheckpointError`` if there are several files for a part.
  func check() throws(CheckpointError) {
    for (component, files) in candidates.sorted(by: { $0.key < $1.key }) where component != "" && files.count > 1 {
      let names = files.map { ($0 as NSString).lastPathComponent }
      throw CheckpointError(.ambiguousPart(part: component, names: names), path: folder)
    }
  }

  private static func weights(in folder: String) -> [String] {
    let manager = FileManager.default
    var files: [String] = []
    for name in ((try? manager.contentsOfDirectory(atPath: folder)) ?? []).sorted().prefix(mostFiles) {
      let path = "\(folder)/\(name)"
      if !ModelLayout.isFolder(path) {
        files.append(path)
      } else if ["diffusion_models", "unet", "text_encoders", "clip", "vae"].contains(name) {
        let inner = ((try? manager.contentsOfDirectory(atPath: path)) ?? []).sorted().prefix(mostFiles)
        files += inner.map { "\(path)/\($0)" }
      }
    }
    return files.filter { $0.hasSuffix(".safetensors") || $0.hasSuffix(".gguf") || $0.hasSuffix(".pth") }
  }

  /// What a file is by its name; nothing if the name does not say.
  private static func component(_ path: String) -> String {
    let name = (path as NSString).lastPathComponent.lowercased()
    if name.contains("lora") { return "" }
    if name.contains("vae") { return "vae" }
    if name.contains("t5") { return "text_encoder" }
    if name.contains("low") && name.contains("noise") { return "transformer_2" }
    return name.contains("wan") || name.contains("high") && name.contains("noise") ? "transformer" : ""
  }
}
