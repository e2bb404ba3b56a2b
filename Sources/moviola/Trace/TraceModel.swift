import Checkpoints
import Tensors
import WanModel

/// The stages that run a part of a model on given inputs. Inputs and outputs have the kit's layout.
enum TraceModel {
  static func textEncode(_ test: TraceCase) throws -> [(name: String, tensor: Tensor)] {
    let encoder = try ModelFolder(path: try test.path("model")).textEncoder(on: test.device)
    let ids = try test.input("input_ids", dimensions: 2)
    let count = try test.input("attention_mask", dimensions: 2).floats().prefix { $0 > 0 }.count
    guard ids.shape[0] == 1, count > 0 else { throw test.failure("one text with at least one token is needed") }
    let rows = try encoder(ids.floats().prefix(count).map { Int32($0) }) { false }
    let padded = rows.floats() + [Float](repeating: 0, count: (ids.elementCount - count) * rows.shape[1])
    return [("last_hidden_state", Tensor(padded, shape: [1, ids.elementCount, rows.shape[1]]))]
  }

  static func transformer(_ test: TraceCase) throws -> [(name: String, tensor: Tensor)] {
    let folder = ModelFolder(path: try test.path("model"), loras: try test.loras())
    let expert = try folder.transformer(try test.string("component"), on: test.device)
    let latents = try test.input("hidden_states", dimensions: 5).channelsLast()
    let embeddings = try test.input("encoder_hidden_states", dimensions: 3)
    let timesteps = try test.input("timestep", dimensions: 1...2)
    guard embeddings.shape[0] == 1, timesteps.shape[0] == 1 else { throw test.failure("a batch of one is needed") }
    let text = expert.remember(embeddings.reshaped(Array(embeddings.shape.dropFirst())))
    let times = timesteps.floats().map { Double($0) }
    let flow = try expert(latents, timesteps: times, text: text) { false }
    return [("sample", flow.channelsFirst())]
  }

  static func vaeDecode(_ test: TraceCase) throws -> [(name: String, tensor: Tensor)] {
    let decoder = try ModelFolder(path: try test.path("model")).vaeDecoder(on: test.device)
    let latents = try test.input("latents", dimensions: 5).channelsLast()
    return [("video", try video(latents, decoder))]
  }

  static func vaeEncode(_ test: TraceCase) throws -> [(name: String, tensor: Tensor)] {
    let encoder = try ModelFolder(path: try test.path("model")).vaeEncoder(on: test.device)
    let clip = try test.input("video", dimensions: 5).channelsLast()
    return [("latents", try encoder.encode(clip) { false }.channelsFirst())]
  }

  /// The whole clip, [1, channels, frames, height, width].
  static func video(_ latents: Tensor, _ decoder: VAEDecoder) throws -> Tensor {
    var frames: [Tensor] = []
    try decoder.decode(latents, isCancelled: { false }, emit: { frames.append($0) })
    guard let shape = frames.first?.shape else { throw ModelError.badInput("latents without a frame") }
    return Tensor(frames.flatMap { $0.floats() }, shape: [frames.count] + shape).channelsFirst()
  }
}
