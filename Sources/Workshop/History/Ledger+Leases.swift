import Foundation
import GRDB
public import Rendering

/// What a runner gets when it asks for work.
public enum Claim: Hashable, Sendable {
  /// The oldest queued job; it is yours and runs now.
  case job(Job)
  /// Another process renders this one; two at a time would not fit into memory.
  case busy(Job)
  case nothing
}

/// How a job ended.
public enum JobOutcome: Hashable, Sendable {
  case done(Render, clipBytes: Int)
  case failed(Job.Failure)
  case cancelled
}

extension Ledger {
  /// Takes the next job of the queue, in one transaction: no other process gets the same.
  public func claim(for owner: ProcessOwner = .current) async throws -> Claim {
    let time = clock()
    // A look costs nobody anything; only a program that finds something to do takes the pen.
    let glance = try await read { database in
      let found = try Self.look(owner, time, database)
      return found.abandoned.isEmpty ? try found.answer(database) : nil
    }
    if let glance { return glance }
    return try await write { database in
      let found = try Self.look(owner, time, database)
      for lost in found.abandoned { try Self.interrupt(lost, now: time, database) }
      if let answer = try found.answer(database) { return answer }
      guard let id = found.next else { return .nothing }
      try database.execute(
        literal: "UPDATE job SET state = 'running', started_at = \(time.milliseconds) WHERE id = \(id)")
      try Self.lease(id, to: owner, time, database)
      return try JobRow.jobs([id], database).first.map(Claim.job) ?? .nothing
    }
  }

  /// Enters a job that runs already, beside the queue.
  public func begin(_ job: NewJob, for owner: ProcessOwner = .current) async throws -> Job {
    let time = clock()
    let job = try await write { database in
      let id = try JobRow.insert(job, state: .running, at: time, database)
      try Self.lease(id, to: owner, time, database)
      return try JobRow.jobs([id], database).first
    }
    guard let job else { throw RenderError(.inputOutput, "the ledger lost a job that it had just taken") }
    return job
  }

  /// Writes how far a running job is, which is also its sign of life.
  /// - Returns: whether someone wants it to stop.
  public func report(_ progress: JobProgress, of id: Job.ID, preview: Thumbnail? = nil) async throws -> Bool {
    let time = clock().milliseconds
    return try await write { database in
      try database.execute(
        literal: "INSERT OR REPLACE INTO progress (job_id, progress) VALUES (\(id), \(try JobRow.json(progress)))")
      try database.execute(literal: "UPDATE lease SET beat_at = \(time) WHERE job_id = \(id)")
      if let preview { try Self.keep(preview, of: id, database) }
      return try Self.isCancelling(id, database)
    }
  }

  public func isCancelling(_ id: Job.ID) async throws -> Bool {
    try await read { try Self.isCancelling(id, $0) }
  }

  /// Writes how a job ended. A clip that was checked counts even if the job had been given up.
  public func finish(
    _ id: Job.ID, _ outcome: JobOutcome, warnings: [String] = [], thumbnail: Thumbnail? = nil
  ) async throws {
    let time = clock().milliseconds
    try await write { database in
      switch outcome {
      case .done(let render, let bytes): try Self.finish(id, render, bytes, database)
      case .failed(let failure): try Self.end(id, .failed, failure, database)
      case .cancelled: try Self.end(id, .cancelled, nil, database)
      }
      let notes = warnings.isEmpty ? nil : try JobRow.json(warnings)
      try database.execute(literal: "UPDATE detail SET warnings = \(notes) WHERE job_id = \(id)")
      try database.execute(
        literal: "UPDATE job SET finished_at = \(time), is_cancelling = 0 WHERE id = \(id)")
      try database.execute(literal: "DELETE FROM lease WHERE job_id = \(id)")
      if let thumbnail { try Self.keep(thumbnail, of: id, database) }
    }
  }

  /// Running jobs whose process is gone become `interrupted`. Claiming does this too.
  /// - Returns: those jobs.
  @discardableResult
  public func interruptAbandoned(seenBy owner: ProcessOwner = .current) async throws -> [Job] {
    let time = clock()
    if try await read({ try Self.look(owner, time, $0).abandoned.isEmpty }) { return [] }
    return try await write { database in
      let abandoned = try Self.look(owner, time, database).abandoned
      for lost in abandoned { try Self.interrupt(lost, now: time, database) }
      return try JobRow.jobs(abandoned.map(\.id), database)
    }
  }
}

/// The head of the queue as one transaction sees it.
private struct QueueHead {
  /// Running, they say, but their process is gone.
  var abandoned: [(id: Job.ID, lastBeat: Date?)] = []
  var running: Job.ID?
  var next: Job.ID?

  /// What needs no writing to be said; nil if there is something to do.
  func answer(_ database: Database) throws -> Claim? {
    if let running { return try JobRow.jobs([running], database).first.map(Claim.busy) }
    return next == nil ? .nothing : nil
  }
}

// One transaction's parts.
extension Ledger {
  private static func lease(_ id: Job.ID, to owner: ProcessOwner, _ time: Date, _ database: Database) throws {
    try database.execute(
      literal: """
        INSERT OR REPLACE INTO lease (job_id, owner, beat_at)
        VALUES (\(id), \(try JobRow.json(owner)), \(time.milliseconds))
        """)
  }

  private static func isCancelling(_ id: Job.ID, _ database: Database) throws -> Bool {
    try SQLRequest<Bool>(literal: "SELECT is_cancelling FROM job WHERE id = \(id)").fetchOne(database) ?? false
  }

  private static func keep(_ thumbnail: Thumbnail, of id: Job.ID, _ database: Database) throws {
    let bytes = Data(thumbnail.bytes)
    try database.execute(
      literal: "INSERT OR REPLACE INTO picture (job_id, thumbnail) VALUES (\(id), \(bytes))")
  }

  private static func finish(_ id: Job.ID, _ render: Render, _ clipBytes: Int, _ database: Database) throws {
    let result = Job.Result(
      clip: render.output, clipBytes: clipBytes, framesSHA256: render.framesSHA256, seconds: render.seconds,
      peakRSSBytes: render.peakRSSBytes, operations: render.operations)
    try database.execute(
      literal: """
        UPDATE job SET state = 'done', total_ms = \(Int64(render.seconds.total * 1000)),
          peak_bytes = \(render.peakRSSBytes) WHERE id = \(id)
        """)
    try database.execute(
      literal: """
        UPDATE detail SET recipe = \(try render.recipe.json()), result = \(try JobRow.json(result)), failure = NULL
        WHERE job_id = \(id)
        """)
    try database.execute(literal: "DELETE FROM progress WHERE job_id = \(id)")
  }

  private static func end(
    _ id: Job.ID, _ state: Job.State, _ failure: Job.Failure?, _ database: Database
  ) throws {
    try database.execute(literal: "UPDATE job SET state = \(state.rawValue) WHERE id = \(id)")
    let text = try failure.map(JobRow.json)
    try database.execute(literal: "UPDATE detail SET failure = \(text) WHERE job_id = \(id)")
  }

  private static func look(_ observer: ProcessOwner, _ now: Date, _ database: Database) throws -> QueueHead {
    var head = QueueHead()
    head.next = try Job.ID.fetchOne(
      database, sql: "SELECT id FROM job WHERE state = 'queued' AND deleted_at IS NULL ORDER BY id LIMIT 1")
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT id, owner, beat_at FROM job LEFT JOIN lease ON lease.job_id = job.id WHERE state = 'running' ORDER BY id
        """)
    for row in rows {
      let owner: ProcessOwner? = JobRow.value(row.readable("owner"))
      let lastBeat = row.readable("beat_at").map(Date.init(milliseconds:))
      if owner?.isAlive(seenBy: observer, lastBeat: lastBeat ?? .distantPast, now: now) == true {
        head.running = head.running ?? row["id"]
      } else {
        head.abandoned.append((row["id"], lastBeat))
      }
    }
    return head
  }

  private static func interrupt(_ lost: (id: Job.ID, lastBeat: Date?), now: Date, _ database: Database) throws {
    let reached = try JobRow.jobs([lost.id], database).first?.progress?.place ?? "before it began"
    let failure = Job.Failure(
      code: nil, what: "the program that rendered it ended \(reached), by a crash, a signal or a loss of power",
      remedy: "render it again: the same seed gives the same clip")
    try end(lost.id, .interrupted, failure, database)
    let time = (lost.lastBeat ?? now).milliseconds
    try database.execute(
      literal: "UPDATE job SET finished_at = \(time), is_cancelling = 0 WHERE id = \(lost.id)")
    try database.execute(literal: "DELETE FROM lease WHERE job_id = \(lost.id)")
  }
}

extension JobProgress {
  /// "at step 9 of 20".
  fileprivate var place: String {
    switch stage {
    case .preparing: "while it prepared"
    case .loading: "while it loaded the model"
    case .text: "while it read the prompt"
    case .denoise: "at step \(done) of \(total)"
    case .decode: "at frame \(done) of \(total)"
    case .check: "while it checked the clip"
    }
  }
}
