import Checkpoints
import Dispatch
import Foundation
import Rendering
import Synchronization
import WanModel

/// Reads a model from its first byte to its last and compares it with everything that is known of it.
///
/// First names and shapes, which takes no time and ends it if they are wrong; then every file, several at a time, each
/// once: digests and values together.
struct ModelVerifier: Sendable {
  let location: ModelLocation
  let records: ModelRecords
  let options: VerificationOptions
  let isCancelled: @Sendable () -> Bool
  let observe: @Sendable (VerificationEvent) -> Void

  /// The report, and what is to be remembered.
  typealias Outcome = (report: VerificationReport, records: ModelRecords)

  /// - Throws: `CancellationError`.
  func run(now: Date) throws -> Outcome {
    let folder = location.folder
    let structure = StructureCheck(folder).problems()
    guard structure.isEmpty else { return outcome(VerificationReport(files: [], problems: structure), folder, now) }
    let plan: [PlannedFile]
    do throws(CheckpointError) {
      plan = try planned(folder)
    } catch {
      let report = VerificationReport(files: [], problems: [FetchAdvice.sentence(error)])
      // A list that cannot be read says nothing about the model.
      if case .badChecksumLine = error.cause { return (report, records) }
      return outcome(report, folder, now)
    }
    observe(.reading(files: plan.count, bytes: plan.reduce(0) { $0 + $1.bytes }))
    let readings = try read(plan)
    let verdicts = readings.map(\.verdict)
    return outcome(
      VerificationReport(files: verdicts, problems: verdicts.compactMap(\.problem)), folder, now, readings)
  }

  /// A file before it is read.
  private struct PlannedFile: Sendable {
    var path: String
    var realPath: String
    var bytes: Int
    var expected: [ExpectedDigest]
    var isWeights: Bool
    var record: ModelRecords.File?
  }

  private struct Reading: Sendable {
    var verdict: FileVerdict
    var realPath: String
    /// Before it was read: what is changed meanwhile shows.
    var stamp: FileStamp?
    var record: ModelRecords.File?
  }

  private func planned(_ folder: ModelFolder) throws(CheckpointError) -> [PlannedFile] {
    var plan: [PlannedFile] = []
    for path in try folder.files() {
      let real = FileStamp.realPath(path)
      guard let stamp = FileStamp(path) else { throw CheckpointError(.notFound, path: path) }
      let weights = [".safetensors", ".gguf", ".pth"].contains { path.lowercased().hasSuffix($0) }
      plan.append(
        PlannedFile(
          path: path, realPath: real, bytes: stamp.bytes,
          expected: try ExpectedDigest.all(of: path, root: location.path), isWeights: weights,
          record: records.files[real]))
    }
    return plan
  }

  private func outcome(
    _ report: VerificationReport, _ folder: ModelFolder, _ now: Date, _ readings: [Reading] = []
  ) -> Outcome {
    var records = records
    for reading in readings { if let record = reading.record { records.files[reading.realPath] = record } }
    var stamps: [String: FileStamp] = [:]
    for path in (try? folder.files()) ?? [] { stamps[FileStamp.realPath(path)] = FileStamp(path) }
    for reading in readings { stamps[reading.realPath] = reading.stamp }
    records.models[location.key] = ModelRecords.Model(
      files: stamps, noted: now, isVerified: report.isSound, problem: report.problems.first)
    return (report, records)
  }
}

// MARK: - Reading

extension ModelVerifier {
  /// Several files at a time, the largest first; the result is in the order of the plan.
  private func read(_ plan: [PlannedFile]) throws -> [Reading] {
    let tally = Tally(total: plan.reduce(0) { $0 + $1.bytes }, files: plan.count)
    let results = Mutex<[Int: Result<Reading, any Error>]>([:])
    let order = plan.indices.sorted { plan[$0].bytes > plan[$1].bytes }
    let next = Atomic(0)
    let workers = min(plan.count, ProcessInfo.processInfo.activeProcessorCount)
    DispatchQueue.concurrentPerform(iterations: max(1, workers)) { _ in
      while true {
        let turn = next.add(1, ordering: .relaxed).oldValue
        guard turn < order.count else { return }
        let result = Result { try read(plan[order[turn]], tally) }
        results.withLock { $0[order[turn]] = result }
      }
    }
    let all = results.withLock { $0 }
    return try plan.indices.compactMap { try all[$0]?.get() }
  }

  private func read(_ file: PlannedFile, _ tally: Tally) throws -> Reading {
    let reading = try trusted(file) ?? examined(file, tally)
    let progress = tally.finish(isTrusted(file) ? file.bytes : 0)
    observe(.file(reading.verdict))
    observe(.progress(progress))
    return reading
  }

  private func isTrusted(_ file: PlannedFile) -> Bool {
    options.trustsUnchanged && file.record?.sha256 != nil && file.record?.stamp == FileStamp(file.path)
  }

  private func trusted(_ file: PlannedFile) -> Reading? {
    guard isTrusted(file), let record = file.record, let digest = record.sha256 else { return nil }
    let differs = file.expected.first { $0.algorithm == .sha256 && $0.digest != digest }
    let error = differs.map { CheckpointError(.checksumMismatch($0, found: digest), path: file.path) }
    let verdict = FileVerdict(
      path: file.path, bytes: file.bytes, sha256: digest, agreesWith: [Self.own(record.noted)],
      problem: error.map(FetchAdvice.sentence))
    return Reading(verdict: verdict, realPath: file.realPath, stamp: record.stamp, record: record)
  }

  private func examined(_ file: PlannedFile, _ tally: Tally) throws -> Reading {
    let audit: FileAudit
    let stamp = FileStamp(file.path)
    do {
      let tensors = file.isWeights ? try WeightsFile(path: file.path).entries : []
      audit = try FileAudit(
        reading: file.path, tensors: tensors, wantsGitSHA1: file.expected.contains { $0.algorithm == .gitSHA1 },
        isCancelled: isCancelled
      ) { bytes in
        if let progress = tally.add(bytes) { observe(.progress(progress)) }
      }
    } catch let error as CheckpointError {
      let verdict = FileVerdict(
        path: file.path, bytes: file.bytes, sha256: nil, problem: FetchAdvice.sentence(error))
      return Reading(verdict: verdict, realPath: file.realPath, stamp: stamp)
    }
    return try judged(file, audit, stamp)
  }

  private func judged(_ file: PlannedFile, _ audit: FileAudit, _ stamp: FileStamp?) throws -> Reading {
    let sample = try Fingerprint.of([file.path])
    let (problem, agrees) = compare(file, audit, sample)
    let sentence = problem ?? audit.problem.map(FetchAdvice.sentence)
    let verdict = FileVerdict(
      path: file.path, bytes: audit.byteCount, sha256: audit.sha256, agreesWith: agrees, problem: sentence)
    var record = file.record ?? ModelRecords.File(sample: sample, noted: Date())
    if sentence == nil {
      record = ModelRecords.File(sample: sample, sha256: audit.sha256, stamp: stamp, noted: Date())
    }
    return Reading(verdict: verdict, realPath: file.realPath, stamp: stamp, record: record)
  }

  /// What is wrong with the digest, or who agrees with it. Where somebody else says what it should be, our own record
  /// counts for nothing.
  private func compare(
    _ file: PlannedFile, _ audit: FileAudit, _ sample: String
  ) -> (problem: String?, agrees: [String]) {
    for expected in file.expected {
      guard let found = expected.found(in: audit), found != expected.digest else { continue }
      return (FetchAdvice.sentence(CheckpointError(.checksumMismatch(expected, found: found), path: file.path)), [])
    }
    guard file.expected.isEmpty, let record = file.record, !options.acceptsChanges else {
      return (nil, file.expected.map(\.source))
    }
    let isSame = record.sha256.map { $0 == audit.sha256 } ?? (record.sample == sample)
    return isSame ? (nil, [Self.own(record.noted)]) : (Self.differs(file, record, audit), [])
  }

  private static func own(_ date: Date) -> String {
    "Moviola's record of \(date.formatted(.iso8601.year().month().day()))"
  }

  private static func differs(_ file: PlannedFile, _ record: ModelRecords.File, _ audit: FileAudit) -> String {
    "\(file.path.printable(limit: 4096)): is not the file that \(own(record.noted)) knows (SHA-256 now "
      + "\(audit.sha256)); fetch it again, or if you replaced it yourself, add --accept"
  }
}

/// How much is done, counted by several threads.
private final class Tally: Sendable {
  private let total: Int
  private let files: Int
  private let done = Mutex((bytes: 0, files: 0, told: 0))
  /// Progress is told when so much more was read.
  private static let step = 16 << 20

  init(total: Int, files: Int) { (self.total, self.files) = (total, files) }

  func add(_ bytes: Int) -> VerificationProgress? {
    done.withLock { done in
      done.bytes += bytes
      guard done.bytes - done.told >= Self.step else { return nil }
      done.told = done.bytes
      return progress(done.bytes, done.files)
    }
  }

  func finish(_ bytes: Int) -> VerificationProgress {
    done.withLock { done in
      done.bytes += bytes
      done.files += 1
      return progress(done.bytes, done.files)
    }
  }

  private func progress(_ bytes: Int, _ finished: Int) -> VerificationProgress {
    VerificationProgress(bytesDone: min(bytes, total), bytesTotal: total, filesDone: finished, fileCount: files)
  }
}
