import Dispatch
import Models
import Prompting
import Rendering
import Studio

/// The models as the studio sees them: the same functions that `moviola models` has.
struct StudioModels: Sendable {
  let registry: ModelRegistry
  /// Named on the command line: listed wherever it lies.
  let given: ModelReference?

  func find() -> [ModelInfo] {
    do {
      return try registry.find(besides: given.map { [location($0)] } ?? []).map(info)
    } catch {
      let built = ModelInfo(
        id: ModelReference(registry.builtIn.name), title: registry.builtIn.name, source: Bilingual("built-in", "内置"),
        type: "", bytes: 0, health: .unverified)
      let problem = ModelInfo(
        id: ModelReference(""), title: "models.json", source: Bilingual("names", "名称"), type: "", bytes: 0,
        health: .damaged(error.sentence))
      return [built, problem]
    }
  }

  func remember(_ id: ModelReference) throws { try registry.setActive(location(id)) }

  /// What the last studio rendered with; nil for the built-in one.
  func remembered() throws -> ModelReference? {
    try registry.active().map { ModelReference($0.path, experts: $0.experts) }
  }

  /// Reads the model on a thread of its own; ends early when the task is cancelled.
  func verify(_ id: ModelReference, _ progress: @escaping StudioWorld.Progress) async throws -> [String] {
    let isCancelled = OnceSet()
    let (registry, location) = (registry, location(id))
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global(qos: .utility).async {
          continuation.resume(
            with: Result {
              try registry.verify(location, isCancelled: { isCancelled.isSet }, observe: { tell($0, progress) })
                .problems
            })
        }
      }
    } onCancel: {
      isCancelled.set()
    }
  }

  private func tell(_ event: VerificationEvent, _ progress: StudioWorld.Progress) {
    switch event {
    case .reading(_, let bytes): progress(0, bytes)
    case .progress(let now): progress(now.bytesDone, now.bytesTotal)
    case .file: break
    }
  }

  private func location(_ id: ModelReference) -> ModelLocation {
    ModelLocation(path: id.model == registry.builtIn.name ? registry.builtIn.path : id.model, experts: id.experts)
  }

  private func info(_ model: FoundModel) -> ModelInfo {
    let name = model.source == .builtIn ? registry.builtIn.name : model.location.path
    return ModelInfo(
      id: ModelReference(name, experts: model.location.experts), title: model.name, source: Self.source(model.source),
      type: [model.variant, model.source == .builtIn ? nil : model.format].compactMap { $0 }.joined(separator: ", "),
      bytes: model.bytes, health: Self.health(model.health))
  }

  private static func source(_ source: FoundModel.Source) -> Bilingual {
    switch source {
    case .builtIn: Bilingual("built-in", "内置")
    case .named: Bilingual("named", "已命名")
    case .folder: Bilingual("folder", "文件夹")
    case .huggingFace: Bilingual("Hugging Face cache", "Hugging Face 缓存")
    case .comfyUI: Bilingual("ComfyUI", "ComfyUI")
    }
  }

  private static func health(_ health: ModelHealth) -> ModelInfo.Health {
    switch health {
    case .sound(let date): .sound(date)
    case .unverified: .unverified
    case .changed(let file, let since): .changed(file: file, since: since)
    case .damaged(let why): .damaged(Failure.oneLine(why))
    }
  }
}
