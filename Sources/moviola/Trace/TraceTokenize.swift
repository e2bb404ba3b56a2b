import Checkpoints
import Tensors
import WanModel

/// The stage that turns texts into ids.
enum TraceTokenize {
  static func tokenize(_ test: TraceCase) throws -> [(name: String, tensor: Tensor)] {
    let tokenizer = try ModelFolder(path: try test.path("model")).tokenizer()
    let maxLength = try test.integer("max_length")
    guard let texts = test.optional("texts")?.array else { throw test.failure("\"texts\" is not a list") }
    return try texts.enumerated().map { index, value in
      guard let text = value.string else { throw test.failure("a text is not a string") }
      let ids = try tokenizer.encode(text, maxLength: maxLength).ids
      return (name: "input_ids.\(index)", tensor: Tensor(ids.map { Float($0) }, shape: [ids.count]))
    }
  }
}
