import Dispatch
import Synchronization

/// The events of one render on their way from the engine's thread to one reader.
///
/// Progress may be dropped when the reader is slow (the oldest goes first); frames and the end never are:
/// the engine waits for the reader instead, so that only a few frames exist at a time.
public final class RenderStream: AsyncSequence, Sendable {
  public typealias Element = RenderEvent
  public typealias Failure = any Error

  /// The engine waits in ``yield(_:)`` while this many frame events are unread.
  static let frameEventsInFlight = 2
  /// Unread progress beyond this many events is dropped, oldest first.
  static let progressEventsKept = 256

  fileprivate struct State {
    var queue: [RenderEvent] = []
    var end: Result<Void, any Error>?
    var isCancelled = false
    var engineWaits = false
    var reader: CheckedContinuation<RenderEvent?, any Error>?
  }
  fileprivate let state = Mutex(State())
  private let room = DispatchSemaphore(value: 0)

  public init() {}

  public func makeAsyncIterator() -> Iterator { Iterator(stream: self) }

  public struct Iterator: AsyncIteratorProtocol {
    let stream: RenderStream
    public func next() async throws -> RenderEvent? { try await stream.next() }
  }
}

// The reader's side.
extension RenderStream {
  /// Asks the engine to stop. The stream ends with ``RenderError/Code/cancelled`` once it has.
  public func cancel() {
    let wake = state.withLock { state in
      state.isCancelled = true
      defer { state.engineWaits = false }
      return state.engineWaits
    }
    if wake { room.signal() }
  }

  func next() async throws -> RenderEvent? {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { take(for: $0) }
    } onCancel: {
      cancel()
    }
  }

  private func take(for reader: CheckedContinuation<RenderEvent?, any Error>) {
    enum Answer {
      case event(RenderEvent, wakeEngine: Bool)
      case end(Result<Void, any Error>)
      case wait
    }
    let answer: Answer = state.withLock { state in
      if !state.queue.isEmpty {
        let event = state.queue.removeFirst()
        defer { state.engineWaits = false }
        return .event(event, wakeEngine: state.engineWaits)
      }
      if let end = state.end { return .end(end) }
      state.reader = reader
      return .wait
    }
    switch answer {
    case .event(let event, let wakeEngine):
      if wakeEngine { room.signal() }
      reader.resume(returning: event)
    case .end(let end):
      reader.resume(with: end.map { nil })
    case .wait:
      break
    }
  }
}

// The engine's side. Call from the engine's own thread only: it may block.
extension RenderStream {
  public var isCancelled: Bool { state.withLock { $0.isCancelled } }

  public func yield(_ event: RenderEvent) {
    while true {
      enum Outcome {
        case handed(CheckedContinuation<RenderEvent?, any Error>)
        case queued, full
      }
      let outcome: Outcome = state.withLock { state in
        if state.isCancelled { return .queued }
        if let reader = state.reader.take() { return .handed(reader) }
        if event.mayBeDropped {
          state.dropOldProgress()
        } else if state.unreadFrameEvents >= Self.frameEventsInFlight {
          state.engineWaits = true
          return .full
        }
        state.queue.append(event)
        return .queued
      }
      switch outcome {
      case .handed(let reader): return reader.resume(returning: event)
      case .queued: return
      case .full: room.wait()
      }
    }
  }

  /// Ends the stream; nil means that everything was handed over.
  public func finish(throwing error: (any Error)? = nil) {
    let end: Result<Void, any Error> = error.map { .failure($0) } ?? .success(())
    let reader: CheckedContinuation<RenderEvent?, any Error>? = state.withLock { state in
      guard state.end == nil else { return nil }
      state.end = end
      return state.reader.take()
    }
    reader?.resume(with: end.map { nil })
  }
}

extension RenderEvent {
  var mayBeDropped: Bool {
    switch self {
    case .loading, .step, .decoding: true
    case .planned, .remark, .textEncoded, .frames, .finished: false
    }
  }
}

extension RenderStream.State {
  fileprivate var unreadFrameEvents: Int {
    queue.count { if case .frames = $0 { true } else { false } }
  }

  fileprivate mutating func dropOldProgress() {
    guard queue.count >= RenderStream.progressEventsKept else { return }
    if let oldest = queue.firstIndex(where: \.mayBeDropped) { queue.remove(at: oldest) }
  }
}
