public import Foundation
public import Prompting
public import Rendering

struct ModelsState: Sendable {
  var found: [ModelInfo] = []
  var isLooking = false
  var selection = 0
  /// The verification that runs.
  var check: ModelCheck?
  var checked = Generation()
  var selected: ModelInfo? { found.indices.contains(selection) ? found[selection] : nil }
}

/// A model whose files are being read.
struct ModelCheck: Hashable, Sendable {
  var id: ModelReference
  var startedAt: Date
  var bytesDone = 0
  var bytesTotal = 0

  /// Bytes a second; nil before there is anything to tell it by.
  func rate(_ now: Date) -> Double? {
    let seconds = now.timeIntervalSince(startedAt)
    return seconds > 0.5 && bytesDone > 0 ? Double(bytesDone) / seconds : nil
  }
}

/// A model on this machine.
public struct ModelInfo: Hashable, Sendable, Identifiable {
  public enum Health: Hashable, Sendable {
    /// Every file was verified then, and is unchanged since.
    case sound(Date)
    case unverified
    /// This file has another size or date since.
    case changed(file: String, since: Date)
    /// Why it cannot be used.
    case damaged(String)
  }

  /// What recipes call it.
  public var id: ModelReference
  public var title: String
  /// "built-in", "folder", "Hugging Face cache".
  public var source: Bilingual
  public var type: String
  public var bytes: Int
  public var health: Health

  public init(id: ModelReference, title: String, source: Bilingual, type: String, bytes: Int, health: Health) {
    self.id = id
    self.title = title
    self.source = source
    self.type = type
    self.bytes = bytes
    self.health = health
  }

  /// Whether it can be chosen.
  var isUsable: Bool { if case .damaged = health { false } else { true } }
}
