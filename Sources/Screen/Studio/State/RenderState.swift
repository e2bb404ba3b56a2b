public import Rendering

/// The render that is shown, if one runs.
struct RenderState: Sendable {
  var watch: RenderWatch?
  /// The last one that ended since the studio was opened: its picture stays until the next one.
  var last: RenderWatch?
  var memory = MemoryHistory()
  var isPreviewPaused = false
  /// Counts up while a preview plays.
  var frame = 0
}

/// What a running job says, here or in another process.
public enum RenderNews: Sendable {
  case started(Job)
  case event(Job.ID, RenderEvent)
  case checking(Job.ID)
  case warning(Job.ID, String)
  /// Done, failed, cancelled.
  case ended(Job)
}

/// Memory as it is now; nil for what the system does not tell.
public struct MemoryReading: Hashable, Sendable {
  public struct GPU: Hashable, Sendable {
    public var name: String
    public var usedBytes: Int?
    public var totalBytes: Int?
    /// Unified with the system's memory: shown as shared, never as VRAM.
    public var isShared: Bool

    public init(name: String, usedBytes: Int?, totalBytes: Int?, isShared: Bool = false) {
      self.name = name
      self.usedBytes = usedBytes
      self.totalBytes = totalBytes
      self.isShared = isShared
    }
  }

  /// Of the process that renders; anonymous memory, without mapped weights.
  public var engineBytes: Int?
  public var usedRAMBytes: Int?
  public var totalRAMBytes: Int?
  public var gpus: [GPU]

  public init(engineBytes: Int?, usedRAMBytes: Int?, totalRAMBytes: Int?, gpus: [GPU] = []) {
    self.engineBytes = engineBytes
    self.usedRAMBytes = usedRAMBytes
    self.totalRAMBytes = totalRAMBytes
    self.gpus = gpus
  }
}

/// The last readings, for graphs.
struct MemoryHistory: Hashable, Sendable {
  static let longest = 60
  private(set) var readings: [MemoryReading] = []

  var latest: MemoryReading? { readings.last }
  var peakEngineBytes: Int? { readings.compactMap(\.engineBytes).max() }

  mutating func add(_ reading: MemoryReading) {
    readings.append(reading)
    if readings.count > Self.longest { readings.removeFirst() }
  }

  mutating func clear() { readings = [] }
}
