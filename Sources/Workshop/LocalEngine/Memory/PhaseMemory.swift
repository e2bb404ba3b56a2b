import Checkpoints

/// How a phase keeps to its memory.
struct PhaseMemory: Hashable, Sendable {
  /// Bytes of weights, expanded from the type of their file, that stay in memory.
  var keptBytes = 1 << 30
  /// Whether the experts' keys and values of the prompts stay in memory from step to step.
  var keepsKeys = true
  /// Whether the passes of a step, for prompt and negative prompt, go through an expert together, layer by layer.
  var passesTogether = true
  /// Tokens that go through a layer of an expert at a time.
  var tokensAtATime = 4096
  /// Buffers that are free go back to the system beyond so many bytes; nil keeps them.
  var poolLimit: Int?
  /// So many layers stay mapped; the others are read for every pass, or once for the passes of a step that go together.
  var keptLayers = Int.max
  /// Whether what is not to stay leaves the page cache too.
  var dropsCache = false

  /// From the fastest to the smallest.
  static let choices = [
    PhaseMemory(), PhaseMemory(keptBytes: 0), PhaseMemory(keptBytes: 0, keepsKeys: false),
    PhaseMemory(keptBytes: 0, keepsKeys: false, tokensAtATime: 1024),
    PhaseMemory(keptBytes: 0, keepsKeys: false, passesTogether: false, tokensAtATime: 1024),
  ]
}
