import Prompting
import Rendering
import Synchronization

/// Does what update asks for, away from the thread that draws, and delivers the answers as messages.
///
/// A newer question of the same kind cancels the older one: the last keystroke wins.
public final class EffectRunner: Sendable {
  private let world: StudioWorld
  private let deliver: @Sendable (Message) -> Void
  private let questions = Mutex<[Kind: Task<Void, Never>]>([:])

  /// - Parameter deliver: may be called from any thread.
  public init(_ world: StudioWorld, deliver: @escaping @Sendable (Message) -> Void) {
    self.world = world
    self.deliver = deliver
  }

  /// Returns at once. `copy`, `useMouse` and `quit` belong to the terminal and are not done here.
  public func run(_ effect: Effect) {
    let task = Task {
      do {
        if let message = try await answer(effect), !Task.isCancelled { deliver(message) }
      } catch is CancellationError {
        // A newer question took its place.
      } catch {
        if !Task.isCancelled { deliver(.notice(Self.notice(error))) }
      }
    }
    if let kind = Kind(effect) {
      questions.withLock { $0.updateValue(task, forKey: kind) }?.cancel()
    }
  }

  private func open(_ id: ModelReference, loading job: Job?) async throws -> Message {
    do {
      return .modelOpened(try await world.openModel(id), loading: job)
    } catch {
      guard let job else { throw error }
      return .notLoaded(job, Self.sentence(error))
    }
  }

  private func verify(_ id: ModelReference, question: Int) async throws -> Message {
    do {
      let problems = try await world.verifyModel(id) { [deliver] done, total in
        deliver(.verifying(bytesDone: done, bytesTotal: total, question: question))
      }
      return .verified(problems, question: question)
    } catch let error as RenderError {
      return .verified([error.sentence], question: question)
    }
  }

  /// The questions that supersede each other.
  private enum Kind: Hashable {
    case plan, tokens, page, matching, totals, queue, memory, models, verification

    init?(_ effect: Effect) {
      switch effect {
      case .plan: self = .plan
      case .countTokens: self = .tokens
      case .findPage: self = .page
      case .countMatching: self = .matching
      case .readTotals: self = .totals
      case .readQueue: self = .queue
      case .readMemory: self = .memory
      case .findModels: self = .models
      case .verifyModel, .stopVerifying: self = .verification
      default: return nil
      }
    }
  }

  private func answer(_ effect: Effect) async throws -> Message? {
    switch effect {
    case .plan(let recipe, let question): return .planned(await world.plan(recipe), question: question)
    case .countTokens(let text, let model, let question):
      return .counted(tokens: await world.countTokens(text, model), text: text, question: question)
    case .findModels: return .models(await world.findModels())
    case .openModel(let id, let job): return try await open(id, loading: job)
    case .rememberModel(let id):
      try await world.rememberModel(id)
      return nil
    case .verifyModel(let id, let question): return try await verify(id, question: question)
    case .readMemory: return .memory(await world.readMemory())
    case .openFile(let path): return .notice(await world.openFile(path))
    case .readLog(let id): return .log(id, await world.readLog(id))
    case .saveDraft(let draft):
      await world.saveDraft(draft)
      return nil
    case .copy, .useMouse, .quit, .stopVerifying: return nil
    default: return try await ask(world.ledger, effect)
    }
  }

  private func ask(_ ledger: JobLedger, _ effect: Effect) async throws -> Message? {
    switch effect {
    case .findPage(let query, let question):
      return .page(try await ledger.page(query), isContinued: query.after != nil, question: question)
    case .countMatching(let filter, let question): return .matching(try await ledger.count(filter), question: question)
    case .readTotals: return .totals(try await ledger.totals())
    case .readQueue: return .queue(try await ledger.queue())
    case .readJob(let id): return try await ledger.job(id).map { .job($0) }
    case .readThumbnail(let id): return .thumbnail(id, try await ledger.thumbnail(id))
    case .readBatch(let id): return .batch(try await ledger.batch(id))
    case .enqueue(let jobs, let variations):
      let added = try await ledger.add(jobs, variations)
      await world.queueGrew()
      return .enqueued(added)
    case .delete(let ids): return .deleted(try await ledger.delete(ids))
    default: return try await change(ledger, effect)
    }
  }

  private func change(_ ledger: JobLedger, _ effect: Effect) async throws -> Message? {
    switch effect {
    case .cancel(let id): try await ledger.cancel(id)
    case .restore(let ids): try await ledger.restore(ids)
    case .setFavourite(let id, let isFavourite): try await ledger.setFavourite(id, isFavourite)
    case .setTags(let id, let tags): try await ledger.setTags(id, tags)
    case .setNotes(let id, let notes): try await ledger.setNotes(id, notes)
    default: return nil
    }
    return .ledgerChanged
  }

  private static func notice(_ error: any Error) -> Notice {
    let sentence = sentence(error)
    return Notice(.bad, sentence, sentence)
  }

  private static func sentence(_ error: any Error) -> String { (error as? RenderError)?.sentence ?? "\(error)" }
}
