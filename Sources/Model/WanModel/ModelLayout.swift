import Checkpoints
import Foundation

/// Where the parts of a model lie: the layouts in which people have Wan on disk.
struct ModelLayout: Hashable {
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
  /// Of a model of single files; also of a file or folder that is none, to say what is missing.
  private let files: ModelFiles?
  /// Experts in place of the layout's own.
  private let experts: ExpertPair?
  private let problem: CheckpointError?

  init(path: String, experts chosen: ChosenExperts = ChosenExperts()) {
    self.path = path
    let published = Self.published(path)
    files = published == nil ? ModelFiles(path: path, experts: chosen) : nil
    let isWhole = files.map { $0.isNearlyWhole || !chosen.isEmpty } ?? true
    kind = published ?? (isWhole ? .files : .part)
    guard published != nil, !chosen.isEmpty else {
      (experts, problem) = (nil, files?.problem)
      return
    }
    do throws(CheckpointError) {
      (experts, problem) = (try ExpertPair(chosen), nil)
    } catch {
      (experts, problem) = (nil, error)
    }
  }

  static func published(_ path: String) -> Kind? {
    if exists("\(path)/\(PipelineConfiguration.fileName)") { return .diffusers }
    let names = ["high_noise_model", "low_noise_model", "models_t5_umt5-xxl-enc-bf16.pth"] + officialVAEs
    return names.contains { exists("\(path)/\($0)") } ? .official : nil
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
    if experts != nil { return true }
    if let files { return files.parts["transformer_2"] != nil }
    return Self.isFolder("\(path)/high_noise_model") || Self.isFolder("\(path)/low_noise_model")
  }

  /// Whether the experts are files of their own, which may have been mixed up.
  var hasSingleFileExperts: Bool { experts != nil || kind == .files }

  /// The file or folder with the weights of a part, which diffusers calls `component`.
  func weights(_ component: String) -> String {
    if let experts, component == "transformer" { return experts.high }
    if let low = experts?.low, component == "transformer_2" { return low }
    return switch kind {
    case .diffusers: "\(path)/\(component)"
    case .official: "\(path)\(official(component))"
    case .files: files?.parts[component] ?? path
    case .part: path
    }
  }

  private func official(_ component: String) -> String {
    switch component {
    case "transformer": hasTwoExperts ? "/high_noise_model" : ""
    case "transformer_2": "/low_noise_model"
    case "text_encoder": "/models_t5_umt5-xxl-enc-bf16.pth"
    case "vae": "/" + (Self.officialVAEs.first { Self.exists("\(path)/\($0)") } ?? Self.officialVAEs[isTI2V ? 1 : 0])
    default: "/\(component)"
    }
  }

  /// Whether the one transformer works on latents of Wan 2.2's VAE; what cannot be read is reported by who opens it.
  private var isTI2V: Bool {
    let channels = try? JSON(file: "\(path)/config.json", part: "configuration", member: "in_dim")
    return channels?.integer == VAEConfiguration.wan22.mean.count
  }

  /// The `config.json` of a part, where there is one.
  func configuration(_ component: String) -> String? {
    let weights = weights(component)
    let file = "\(weights)/config.json"
    if experts != nil, component.hasPrefix("transformer") { return nil }
    return kind == .diffusers || Self.isFolder(weights) && Self.exists(file) ? file : nil
  }

  /// A folder with `spiece.model`, or a text encoder's file that carries one.
  var tokenizer: String {
    if let found = files?.tokenizer { return found }
    let official = "\(path)/google/umt5-xxl"
    return Self.exists("\(official)/spiece.model") ? official : "\(path)/tokenizer"
  }

  /// What `model_index.json` says, where there is none.
  func pipelineConfiguration() throws(CheckpointError) -> PipelineConfiguration {
    switch kind {
    case .diffusers:
      if let problem { throw problem }
      let pipeline = try PipelineConfiguration(file: "\(path)/\(PipelineConfiguration.fileName)")
      return experts == nil ? pipeline : .official(hasTwoExperts: true, boundary: pipeline.boundaryRatio)
    case .official, .files:
      guard Self.exists(path) else { throw CheckpointError(.notFound, path: path) }
      if let problem { throw problem }
      return .official(hasTwoExperts: hasTwoExperts)
    case .part:
      guard Self.exists(path) else { throw CheckpointError(.notFound, path: path) }
      throw files?.parts["transformer"] == nil
        ? CheckpointError(.incompleteModel, path: path) : problem ?? CheckpointError(.incompleteModel, path: path)
    }
  }
}

extension PipelineConfiguration {
  /// The official repository's text-to-video models: Wan 2.2 A14B with two experts, TI2V-5B and Wan 2.1 with one.
  static func official(hasTwoExperts: Bool, boundary: Double? = nil) -> PipelineConfiguration {
    var names = ["text_encoder", "tokenizer", "transformer", "vae"]
    if hasTwoExperts { names.insert("transformer_2", at: 3) }
    return PipelineConfiguration(
      className: "WanPipeline",
      components: names.map { Component(name: $0, library: "wan", className: "") },
      boundaryRatio: hasTwoExperts ? boundary ?? 0.875 : nil)
  }

  private init(className: String, components: [Component], boundaryRatio: Double?) {
    self.className = className
    self.components = components
    self.boundaryRatio = boundaryRatio
  }
}
