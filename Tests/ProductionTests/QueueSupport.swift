import FakeEngine
import Foundation
import GRDB
import History
import Rendering
import Synchronization

@testable import Production

/// A ledger and a folder for clips, gone when the test is.
func withStudio(_ body: (Studio) async throws -> Void) async throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "moviola-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try await body(Studio(folder: folder, ledger: Ledger(at: folder.appending(path: "library.sqlite"))))
}

struct Studio: Sendable {
  let folder: URL
  let ledger: Ledger
  var renders: URL { folder.appending(path: "renders") }
  var place: RenderPlace { RenderPlace(renders) }

  func recipe(_ prompt: String, steps: Int = 3) -> Recipe {
    Recipe(
      prompt: prompt, model: "fake", width: 64, height: 48, frameCount: 9, framesPerSecond: 8, steps: steps, seed: 7)
  }

  func add(_ prompts: String..., steps: Int = 3) async throws -> [Job.ID] {
    try await ledger.add(prompts.map { NewJob(recipe($0, steps: steps)) }).map(\.id)
  }

  func runner(_ engine: FakeEngine = FakeEngine()) -> JobRunner {
    JobRunner(ledger, into: place) { _ in engine }
  }

  /// Runs the queue until it is empty.
  func drain(_ runner: JobRunner) async throws {
    let running = Task { await runner.run { _ in } }
    try await wait { try await ledger.queue().isEmpty }
    runner.retire()
    await running.value
  }

  /// Looks every few milliseconds; a test that waits in vain fails by its time limit.
  func wait(until condition: () async throws -> Bool) async throws {
    while try await !condition() { try await Task.sleep(for: .milliseconds(10)) }
  }

  func clips() throws -> [String] {
    guard let paths = FileManager.default.subpaths(atPath: renders.path) else { return [] }
    return paths.filter { $0.hasSuffix(".mp4") }.sorted()
  }

  /// Takes a table away, as a damaged disk might.
  func breakLedger() async throws {
    try await DatabaseQueue(path: ledger.file.path).write { try $0.execute(sql: "ALTER TABLE lease RENAME TO gone") }
  }

  /// A second studio, in a process of its own.
  func startChild() throws -> Child { try Child(self) }
}

final class Child: Sendable {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let said = Mutex("")

  init(_ studio: Studio) throws {
    let arguments = CommandLine.arguments
    let bundle = arguments.firstIndex(of: "--test-bundle-path").map { arguments[$0 + 1] } ?? arguments[0]
    process.executableURL = URL(filePath: bundle).deletingLastPathComponent().appending(path: "LedgerChild")
    process.arguments = [studio.ledger.file.path, studio.renders.path]
    process.standardInput = input
    process.standardOutput = output
    output.fileHandleForReading.readabilityHandler = { [weak self] handle in
      let text = String(decoding: handle.availableData, as: UTF8.self)
      self?.said.withLock { $0 += text }
    }
    try process.run()
  }

  /// A test that fails leaves no process behind.
  deinit { if process.isRunning { process.terminate() } }

  /// Lets it make one more step.
  func step() throws { try input.fileHandleForWriting.write(contentsOf: Data("\n".utf8)) }

  /// Lets it make all steps from now on.
  func run() throws { try input.fileHandleForWriting.close() }

  /// The jobs that it took.
  var started: [Job.ID] {
    said.withLock { $0.split(separator: "\n").compactMap { Job.ID($0.dropFirst("started ".count)) } }
  }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// - Returns: how it ended; negative for a signal.
  func wait() -> Int32 {
    process.waitUntilExit()
    output.fileHandleForReading.readabilityHandler = nil
    return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }
}
