import Rendering

/// The list of past jobs, a page at a time, and what is open beside it.
struct HistoryState: Sendable {
  var filterText = TextEditor()
  var isFiltering = false
  var sort = JobSort.newestFirst
  var jobs: [Job] = []
  var next: JobPage.Cursor?
  /// Of the filter, and of everything.
  var matching: Int?
  var total: Int?
  var selection = 0
  var isDetailZoomed = false
  /// The other side of a comparison.
  var marked: Job?
  var thumbnails: [Job.ID: Thumbnail] = [:]
  /// The job that the selected one was made from, when it is known.
  var parents: [Job.ID: Job] = [:]
  var deleted: [[Job.ID]] = []
  var queried = Generation()
  var isLoading = false
  /// The ledger changed while another screen was shown.
  var isOld = false
  /// Frames shown of the selected thumbnail, so that it comes to rest after a few rounds.
  var framesPlayed = 0

  var selected: Job? { jobs.indices.contains(selection) ? jobs[selection] : nil }
  var filter: JobFilter { JobFilter(filterText.text) }

  /// Thumbnails play so many times, then rest: an idle screen wakes nobody.
  static let rounds = 3
}

struct QueueState: Sendable {
  var jobs: [Job] = []
  var selection = 0
  var selected: Job? { jobs.indices.contains(selection) ? jobs[selection] : nil }

  /// Others come and go; the marker stays on its job while that one is there.
  mutating func take(_ jobs: [Job]) {
    let kept = selected.flatMap { marked in jobs.firstIndex { $0.id == marked.id } }
    self.jobs = jobs
    selection = kept ?? max(0, min(jobs.count - 1, selection))
  }

  var waiting: [Job] { jobs.filter { $0.state == .queued } }
  var running: Job? { jobs.first { $0.state == .running } }
}
