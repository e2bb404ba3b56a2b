import BuiltInModel
import Checkpoints
import Foundation
import Prompting
import Studio
import WanModel

/// Looks for models: the built-in one, folders of the configuration, the Hugging Face cache.
struct ModelFinder: Sendable {
  let folders: [String]
  let environment: [String: String]

  /// Reads configurations and headers, never weights.
  func find() -> [ModelInfo] {
    let builtIn = info(
      BuiltInModel.path, id: BuiltInModel.name, title: BuiltInModel.name, source: Bilingual("built-in", "内置"))
    let own = folders.flatMap(Self.models).map { path in
      info(path, id: path, title: Self.name(path), source: Bilingual("folder", "文件夹"))
    }
    let cached = cachedModels().map { title, path in
      info(path, id: path, title: title, source: Bilingual("Hugging Face cache", "Hugging Face 缓存"))
    }
    var seen: Set<String> = []
    return ([builtIn] + own + cached).filter { seen.insert($0.id).inserted }
  }

  private static func name(_ path: String) -> String { URL(filePath: path).lastPathComponent }

  private static func isModel(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path + "/model_index.json")
  }

  private static func entries(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  /// The folder itself, or those in it.
  private static func models(in folder: String) -> [String] {
    let path = URL(filePath: folder).standardizedFileURL.path
    if isModel(path) { return [path] }
    return entries(path).map { "\(path)/\($0)" }.filter(isModel)
  }

  /// `models--Wan-AI--Wan2.2-T2V-A14B-Diffusers/snapshots/…`, Wan pipelines only.
  private func cachedModels() -> [(title: String, path: String)] {
    let home = environment["HOME"] ?? NSHomeDirectory()
    let hub = environment["HF_HUB_CACHE"] ?? (environment["HF_HOME"] ?? home + "/.cache/huggingface") + "/hub"
    return Self.entries(hub).filter { $0.hasPrefix("models--") }.flatMap { folder in
      let snapshots = "\(hub)/\(folder)/snapshots"
      let title = String(folder.dropFirst("models--".count)).replacing("--", with: "/")
      return Self.entries(snapshots).map { (title: title, path: "\(snapshots)/\($0)") }.filter { Self.isWan($0.path) }
    }
  }

  private static func isWan(_ path: String) -> Bool {
    guard let text = try? String(contentsOfFile: path + "/model_index.json", encoding: .utf8) else { return false }
    return text.contains("\"WanPipeline\"")
  }

  private func info(_ path: String, id: String, title: String, source: Bilingual) -> ModelInfo {
    let folder = ModelFolder(path: path)
    do {
      let experts = try ModelFolder.experts.filter { try folder.pipelineConfiguration().contains($0) }
      let parts = try (["text_encoder", "vae"] + experts).map { try folder.checkpoint($0) }
      let parameters = parts.dropFirst(2).reduce(0) { $0 + $1.parameterCount }
      let type = "\(experts.count == 2 ? "T2V, 2 × " : "T2V, ")\(Self.size(parameters / max(1, experts.count)))"
      return ModelInfo(
        id: id, title: title, source: source, type: type, bytes: parts.reduce(0) { $0 + $1.byteCount }, health: .healthy
      )
    } catch {
      let why = Failure(error).sentence
      return ModelInfo(id: id, title: title, source: source, type: "—", bytes: 0, health: .damaged(why))
    }
  }

  /// "14.3 B", "1.4 M".
  private static func size(_ parameters: Int) -> String {
    parameters >= 1_000_000_000
      ? String(format: "%.1f B", Double(parameters) / 1e9) : String(format: "%.1f M", Double(parameters) / 1e6)
  }
}
