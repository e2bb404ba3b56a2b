import Foundation
import Rendering

extension StudioState {
  /// Seconds until the studio wants to be woken; nil while nothing moves.
  public var secondsToNextTick: Double? {
    if isPlaying || playsThumbnail || playsSheet { return 1 / Self.previewRate }
    if settings.waitsSince != nil, !settings.isPlanLate(now) { return SettingsState.planMoment }
    return render.watch != nil ? 1 : noticeExpires ? Self.noticeSeconds : nil
  }

  /// How long a sentence stands in the way of the keys.
  static let noticeSeconds = 4.0

  private var noticeExpires: Bool { notice != nil && notice?.kind != .bad }

  mutating func expireNotice() {
    if noticeExpires, now.timeIntervalSince(noticedAt) >= Self.noticeSeconds - 0.1 { notice = nil }
  }

  /// Pictures a second: enough to see motion, little enough for a slow line.
  static let previewRate = 5.0

  /// Whether a preview moves on the screen.
  var isPlaying: Bool {
    guard options.showsPreview, !options.reducedMotion, !render.isPreviewPaused, showsRenderPanel else { return false }
    return (render.watch?.preview.count ?? 0) > 1
  }

  var showsRenderPanel: Bool { screen == .compose || isZoomed || screen == .queue && ComposeLayout.isWide(size) }

  /// Whether the contact sheet on top still has rounds to play.
  var playsSheet: Bool {
    guard options.showsPreview, !options.reducedMotion, !render.isPreviewPaused, case .batch(let sheet) = layers.last
    else { return false }
    let longest = sheet.batch.jobs.compactMap { history.thumbnails[$0.id]?.frames.count }.max() ?? 0
    return longest > 1 && sheet.framesPlayed < longest * HistoryState.rounds
  }

  /// Whether the selected thumbnail still has rounds to play.
  var playsThumbnail: Bool {
    guard options.showsPreview, !options.reducedMotion, screen == .history, let id = history.selected?.id,
      let thumbnail = history.thumbnails[id], thumbnail.frames.count > 1, !render.isPreviewPaused
    else { return false }
    return history.framesPlayed < thumbnail.frames.count * HistoryState.rounds
  }
}
