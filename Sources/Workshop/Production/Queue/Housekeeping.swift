public import Foundation
import History

extension JobRunner {
  /// How long what was deleted can be brought back.
  public static let undoPeriod: TimeInterval = 7 * 86400

  /// What ``run(observing:)`` begins with: jobs of dead programs become interrupted, what was deleted long ago is
  /// removed for good. Clips go only if they lie among our renders.
  static func tidy(_ ledger: Ledger, _ place: RenderPlace, now: Date = Date()) async throws {
    for lost in try await ledger.interruptAbandoned() { place.removeLeftovers(of: lost) }
    let clips = try await ledger.purge(deletedBefore: now.addingTimeInterval(-undoPeriod))
    for clip in clips where place.holds(clip) {
      // Gone already, or not ours to remove any more: either way it is no job's clip.
      try? FileManager.default.removeItem(atPath: clip)
    }
  }
}
