import Checkpoints
import Foundation

/// Where the parts of a model lie: the layouts in which people have Wan on disk.
struct ModelLayout {
  enum Kind {
    /// `model_index.json` and a folder for each part.
    case diffusers
    /// As the official repository publishes it, with two experts or one.
    case official
    /// Single files, side by side or in the folders of ComfyUI.
    case files
    /// A single file, or a folder that holds the weights of one part.
    case part
  }

  let path: String
  let kind: Kind
  private let files: ModelFiles?

  init(path: String) {
    self.path = path
    let names = ["high_noise_model", "low_noise_model", "models_t5_umt5-xxl-enc-bf16.pth"] + Self.officialVAEs
    if Self.exists("\(path)/\(PipelineConfiguration.fileName)") {
      (kind, files) = (.diffusers, nil)
    } else if names.contains(where: { Self.exists("\(path)/\($0)") }) {
      (kind, files) = (.official, nil)
    } else {
      files = Self.isFolder(path) ? ModelFiles(folder: path) : nil
      kind = files == nil ? .part : .files
    }
  }

  /// The VAEs of the official repositories: that of all models but TI2V-5B, and its own.
  private static let officialVAEs = ["Wan2.1_VAE.pth", "Wan2.2_VAE.pth"]

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  /// Whether there is an expert for high noise levels and another for low ones.
  var hasTwoExperts: Bool {
    if let files { return files.hasTwoExperts }
    return Self.isFolder("\(path)/high_noise_model") || Self.isFolder("\(path)/low_noise_model")
  }

  /// The file or folder with the weights of a part, which diffusers calls `component`.
  func weights(_ component: String) -> String {
    switch kind {
    case .diffusers: "\(path)/\(component)"
    case .official: "\(path)\(official(component))"
    case .files: files?.path(component) ?? path
    case .part: path
    }
  }

  private func official(_ component: String) -> String {
    switch component {
    case "transformer": hasTwoExperts ? "/high_noise_model" : ""
    case "transformer_2": "/low_noise_model"
    case "text_encoder": "/models_t5_umt5-xxl-enc-bf16.pth"
    case "vae": "/" + (Self.officialVAEs.first { Self.exists("\(path)/\($0)") } ?? Self.officialVAEs[0])
    default: "/\(component)"
    }
  }

  /// The `config.json` of a part, where there is one.
  func configuration(_ component: String) -> String? {
    let weights = weights(component)
    let file = "\(weights)/config.json"
    return kind == .diffusers || Self.isFolder(weights) && Self.exists(file) ? file : nil
  }

  var tokenizer: String {
    let official = "\(path)/google/umt5-xxl"
    return Self.exists("\(official)/spiece.model") ? official : "\(path)/tokenizer"
  }

  /// What `model_index.json` says, where there is none.
  func pipelineConfiguration() throws(CheckpointError) -> PipelineConfiguration {
    switch kind {
    case .diffusers: return try PipelineConfiguration(file: "\(path)/\(PipelineConfiguration.fileName)")
    case .official: return .official(hasTwoExperts: hasTwoExperts)
    case .files:
      try files?.check()
      return .official(hasTwoExperts: hasTwoExperts)
    case .part:
      guard Self.exists(path) else { throw CheckpointError(.notFound, path: path) }
      throw CheckpointError(.incompleteModel, path: path)
    }
  }
}

extension PipelineConfiguration {
  /// The official repository's text-to-video models: Wan 2.2 A14B with two experts, TI2V-5B and Wan 2.1 with one.
  static func official(hasTwoExperts: Bool) -> PipelineConfiguration {
    var names = ["text_encoder", "tokenizer", "transformer", "vae"]
    if hasTwoExperts { names.insert("transformer_2", at: 3) }
    return PipelineConfiguration(
      className: "WanPipeline",
      components: names.map { Component(name: $0, library: "wan", className: "") },
      boundaryRatio: hasTwoExperts ? 0.875 : nil)
  }

  private init(className: String, components: [Component], boundaryRatio: Double?) {
    self.className = className
    self.components = components
    self.boundaryRatio = boundaryRatio
  }
}
