public import Rendering

/// What a running job says, in this order: warnings about encoder or clip as they become known,
/// the engine's events, checking.
public enum JobEvent: Sendable {
  case engine(RenderEvent)
  /// A sentence that a person should read, though the job goes on.
  case warning(String)
  /// Every frame is encoded; the clip is completed and reopened.
  case checking
}
