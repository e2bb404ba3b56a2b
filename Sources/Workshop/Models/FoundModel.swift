public import Foundation

/// A model on this machine.
public struct FoundModel: Hashable, Sendable {
  public enum Source: String, Hashable, Sendable {
    case builtIn = "built-in"
    /// Was given a name.
    case named
    case folder
    case huggingFace = "Hugging Face cache"
    case comfyUI = "ComfyUI"
  }

  /// What `--model` takes; no other model has it.
  public var name: String
  /// Further names that were given to it.
  public var otherNames: [String] = []
  public var location: ModelLocation
  public var source: Source
  /// How its files are laid out: diffusers, official, ComfyUI, GGUF.
  public var format: String
  /// Which Wan it is: "Wan 2.2 T2V-A14B"; nil if that cannot be told.
  public var variant: String?
  /// Of all its files.
  public var bytes: Int
  public var health: ModelHealth

  public init(
    name: String, location: ModelLocation, source: Source, format: String, variant: String?, bytes: Int,
    health: ModelHealth
  ) {
    self.name = name
    self.location = location
    self.source = source
    self.format = format
    self.variant = variant
    self.bytes = bytes
    self.health = health
  }
}

/// What is known of a model's files.
public enum ModelHealth: Hashable, Sendable {
  /// Every file was verified then, and none has another size or date since.
  case sound(Date)
  case unverified
  /// A file has another size or date than when it was verified, or first used.
  case changed(file: String, since: Date)
  /// It cannot be opened, or was found damaged: why, in one sentence.
  case damaged(String)

  /// "sound", "unverified", "changed", "damaged".
  public var word: String {
    switch self {
    case .sound: "sound"
    case .unverified: "unverified"
    case .changed: "changed"
    case .damaged: "damaged"
    }
  }
}
