public import Foundation

/// A recipe on its way to a clip, or what became of it: one row of the ledger.
///
///     let job = try await ledger.job(39)
///     print(job.state, job.recipe.prompt, job.result?.framesSHA256 ?? "—")
public struct Job: Codable, Hashable, Sendable, Identifiable {
  /// Counts up from 1 and is never used again: people say "#39".
  public typealias ID = Int64

  public let id: ID
  public var state: State
  /// What was asked for; once it is done, with the fingerprint of the model that made it.
  public var recipe: Recipe
  public var createdAt: Date
  public var startedAt: Date?
  public var finishedAt: Date?
  /// The job that this one was made from: loaded, changed, rendered again.
  public var parent: ID?
  /// The batch that it belongs to, if it is a variation.
  public var batch: Batch.ID?
  /// How far it is, or was when it stopped.
  public var progress: JobProgress?
  /// nil unless `state` is `done`.
  public var result: Result?
  /// Why there is no clip; nil unless `state` is `failed` or `interrupted`.
  public var failure: Failure?
  /// Sentences that a person should read, though the job went on.
  public var warnings: [String] = []
  /// Whether someone asked to stop it; it is `running` until it has.
  public var isCancelling = false
  public var isFavourite = false
  public var tags: [String] = []
  public var notes = ""

  public init(
    id: ID, state: State = .queued, recipe: Recipe, createdAt: Date, parent: ID? = nil, batch: Batch.ID? = nil
  ) {
    self.id = id
    self.state = state
    self.recipe = recipe
    self.createdAt = createdAt
    self.parent = parent
    self.batch = batch
  }

  public enum State: String, Codable, Hashable, Sendable, CaseIterable {
    case queued, running
    /// Its clip has been written, reopened and found right. Nothing else is done.
    case done
    case failed, cancelled
    /// Its program went away, by a crash or with the power. What it had reached is in `progress`.
    case interrupted

    /// Whether nothing more will happen by itself.
    public var isOver: Bool { self != .queued && self != .running }
  }

  /// What a finished job left.
  public struct Result: Codable, Hashable, Sendable {
    /// Where the clip is.
    public var clip: String
    public var clipBytes: Int
    /// SHA-256 over the RGB24 bytes of all frames; see ``Render/framesSHA256``.
    public var framesSHA256: String
    public var seconds: Render.Seconds
    /// The most memory that the process had resident, mapped weights included.
    public var peakRSSBytes: Int
    public var operations: Render.Operations?

    public init(
      clip: String, clipBytes: Int, framesSHA256: String, seconds: Render.Seconds, peakRSSBytes: Int,
      operations: Render.Operations? = nil
    ) {
      self.clip = clip
      self.clipBytes = clipBytes
      self.framesSHA256 = framesSHA256
      self.seconds = seconds
      self.peakRSSBytes = peakRSSBytes
      self.operations = operations
    }
  }

  public struct Failure: Codable, Hashable, Sendable {
    /// nil for what has no code of its own.
    public var code: RenderError.Code?
    public var what: String
    public var remedy: String?

    public init(code: RenderError.Code?, what: String, remedy: String? = nil) {
      self.code = code
      self.what = what
      self.remedy = remedy
    }

    public init(_ error: RenderError) {
      self.init(code: error.code, what: error.what, remedy: error.remedy)
    }

    /// One line.
    public var sentence: String { remedy.map { "\(what); \($0)" } ?? what }
  }
}
