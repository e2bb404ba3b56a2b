public import Rendering

extension Ledger {
  /// The ledger as screens see it.
  public var client: JobLedger {
    JobLedger(
      page: page, count: count, totals: totals, job: job, queue: queue, thumbnail: thumbnail, batch: batch, tags: tags,
      pace: pace, add: { try await self.add($0, as: $1) }, cancel: cancel, delete: delete, restore: restore,
      setFavourite: setFavourite, setTags: setTags, setNotes: setNotes, changes: changes)
  }
}
