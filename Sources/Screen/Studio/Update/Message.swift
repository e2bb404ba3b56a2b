public import Rendering
public import Terminal

/// What happened. Named by the fact, not by what follows from it.
public enum Message: Sendable {
  case input(Input)
  /// A timer that the state asked for has run out.
  case tick
  case opened
  case planned(PlanReport, question: Int)
  case counted(tokens: Int?, text: String, question: Int)
  case page(JobPage, isContinued: Bool, question: Int)
  case matching(Int, question: Int)
  case totals([Job.State: Int])
  case queue([Job])
  case job(Job)
  case thumbnail(Job.ID, Thumbnail?)
  case batch(Batch?)
  /// What the log says about a job, the newest line last.
  case log(Job.ID, [String])
  case ledgerChanged
  case enqueued([Job])
  case deleted([Job.ID])
  case models([ModelInfo])
  case modelOpened(Recipe, loading: Job? = nil)
  /// The settings of a job cannot be had, for its model cannot be opened: why.
  case notLoaded(Job, String)
  case verifying(bytesDone: Int, bytesTotal: Int, question: Int)
  /// What is wrong with it, one sentence each; nothing if it is sound.
  case verified([String], question: Int)
  case news(RenderNews)
  case memory(MemoryReading)
  case notice(Notice)
}
