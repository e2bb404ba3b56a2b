import BuiltInModel
import Foundation
import LocalEngine
import Rendering
import Studio
import WanModel

/// Engines and tokenizers that are open, by model: opening reads headers and vocabularies once.
actor ModelDesk {
  private let provider: EngineProvider
  private var engines: [ModelReference: (engine: any RenderEngine, defaults: Recipe)] = [:]
  private var tokenizers: [String: Tokenizer] = [:]

  init(_ provider: EngineProvider) { self.provider = provider }

  func open(_ id: ModelReference) throws -> (engine: any RenderEngine, defaults: Recipe) {
    if let known = engines[id] { return known }
    let opened = try provider.open(id.model, experts: id.experts)
    engines[id] = opened
    return opened
  }

  /// Opens what a person named; what recipes call it may be something else.
  func open(named name: String, experts: ExpertFiles?) throws -> Recipe {
    let opened = try provider.open(name, experts: experts)
    engines[opened.defaults.modelReference] = opened
    return opened.defaults
  }

  /// nil where the model has no tokenizer that can be read: the engine will say why.
  func countTokens(_ text: String, model: String) -> Int? {
    guard let tokenizer = tokenizer(model) else { return nil }
    return try? tokenizer.encode(text).fullCount
  }

  private func tokenizer(_ model: String) -> Tokenizer? {
    if let known = tokenizers[model] { return known }
    let path = model == BuiltInModel.name ? BuiltInModel.path : model
    guard let tokenizer = try? ModelFolder(path: path).tokenizer() else { return nil }
    tokenizers[model] = tokenizer
    return tokenizer
  }
}
