public import Rendering

/// Everything outside of the studio, as closures: engine, ledger, tokenizer, files. Tests give their own.
///
///     var world = StudioWorld(ledger: ledger.client, …)
///     let runner = EffectRunner(world) { message in mailbox.put(message) }
///     for effect in update(&state, message) { runner.run(effect) }
///
/// All of them may take their time: none is called on the thread that draws.
public struct StudioWorld: Sendable {
  public var ledger: JobLedger
  /// Memory, time and disk for a recipe, and what would fit if it does not.
  public var plan: @Sendable (Recipe) async -> PlanReport
  /// With the end-of-sequence token; nil where the model has no tokenizer that can be read.
  public var countTokens: @Sendable (_ prompt: String, _ model: String) async -> Int?
  public var findModels: @Sendable () async -> [ModelInfo]
  /// The model's own settings.
  public var openModel: @Sendable (String) async throws -> Recipe
  public var readMemory: @Sendable () async -> MemoryReading
  /// Shows a file with the system's player, or says where it is.
  public var openFile: @Sendable (String) async -> Notice
  public var saveDraft: @Sendable (Draft) async -> Void
  /// The lines of the program's log about a job, the newest last.
  public var readLog: @Sendable (Job.ID) async -> [String]
  /// There is work in the queue.
  public var queueGrew: @Sendable () async -> Void

  public init(
    ledger: JobLedger,
    plan: @escaping @Sendable (Recipe) async -> PlanReport,
    countTokens: @escaping @Sendable (_ prompt: String, _ model: String) async -> Int?,
    findModels: @escaping @Sendable () async -> [ModelInfo],
    openModel: @escaping @Sendable (String) async throws -> Recipe,
    readMemory: @escaping @Sendable () async -> MemoryReading,
    openFile: @escaping @Sendable (String) async -> Notice,
    saveDraft: @escaping @Sendable (Draft) async -> Void,
    readLog: @escaping @Sendable (Job.ID) async -> [String],
    queueGrew: @escaping @Sendable () async -> Void
  ) {
    self.ledger = ledger
    self.plan = plan
    self.countTokens = countTokens
    self.findModels = findModels
    self.openModel = openModel
    self.readMemory = readMemory
    self.openFile = openFile
    self.saveDraft = saveDraft
    self.readLog = readLog
    self.queueGrew = queueGrew
  }
}
