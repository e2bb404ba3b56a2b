public import Prompting
public import Rendering

/// What the world is asked to do. Answers come back as messages; nothing here waits.
public enum Effect: Hashable, Sendable {
  case plan(Recipe, question: Int)
  case countTokens(String, model: String, question: Int)
  case findPage(JobQuery, question: Int)
  case countMatching(JobFilter, question: Int)
  case readTotals
  case readQueue
  case readJob(Job.ID)
  case readThumbnail(Job.ID)
  case readBatch(Batch.ID)
  case readLog(Job.ID)
  case enqueue([NewJob], Variations?)
  case cancel(Job.ID)
  case delete([Job.ID])
  case restore([Job.ID])
  case setFavourite(Job.ID, Bool)
  case setTags(Job.ID, [String])
  case setNotes(Job.ID, String)
  case findModels
  /// For the settings of a job, if it is given.
  case openModel(ModelReference, loading: Job? = nil)
  /// The model that the next studio opens with.
  case rememberModel(ModelReference)
  case verifyModel(ModelReference, question: Int)
  case stopVerifying
  case readMemory
  case openFile(String)
  case copy(String, Bilingual)
  case saveDraft(Draft)
  case useMouse(Bool)
  case quit
}

/// What is kept from one session to the next, so that no prompt is lost.
public struct Draft: Codable, Hashable, Sendable {
  public var slots: PromptSlots
  public var freeText: String
  public var isFree: Bool
  /// Settings only; its prompt is empty.
  public var recipe: Recipe
  public var hasRandomSeed: Bool
  public var seeds: [UInt64]

  public init(
    slots: PromptSlots, freeText: String, isFree: Bool, recipe: Recipe, hasRandomSeed: Bool, seeds: [UInt64]
  ) {
    self.slots = slots
    self.freeText = freeText
    self.isFree = isFree
    self.recipe = recipe
    self.hasRandomSeed = hasRandomSeed
    self.seeds = seeds
  }
}
