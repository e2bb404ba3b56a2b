public import Prompting

struct ModelsState: Sendable {
  var found: [ModelInfo] = []
  var isLooking = false
  var selection = 0
  var selected: ModelInfo? { found.indices.contains(selection) ? found[selection] : nil }
}

/// A model on this machine.
public struct ModelInfo: Hashable, Sendable, Identifiable {
  public enum Health: Hashable, Sendable {
    case healthy
    case damaged(String)
  }

  /// What recipes call it.
  public var id: String
  public var title: String
  /// "built-in", "folder", "Hugging Face cache".
  public var source: Bilingual
  public var type: String
  public var bytes: Int
  public var health: Health

  public init(id: String, title: String, source: Bilingual, type: String, bytes: Int, health: Health) {
    self.id = id
    self.title = title
    self.source = source
    self.type = type
    self.bytes = bytes
    self.health = health
  }
}
