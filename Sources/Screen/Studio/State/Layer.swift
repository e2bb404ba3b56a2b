import Prompting
import Rendering

/// What lies over a screen and takes the keys.
enum Layer: Hashable, Sendable {
  case help(Menu)
  case palette(Menu)
  case words(Menu)
  case templates(Menu)
  case question(Question)
  case input(InputLine)
  case welcome
  case batch(ContactSheet)
  case log(LogPage)

  struct Question: Hashable, Sendable {
    var text: Bilingual
    var yes: Answer
    enum Answer: Hashable, Sendable {
      case quit
      case cancel(Job.ID)
    }
  }

  struct InputLine: Hashable, Sendable {
    enum Purpose: Hashable, Sendable {
      case tags(Job.ID)
      case notes(Job.ID)
      case variations
    }
    var purpose: Purpose
    var title: Bilingual
    var help: Bilingual
    var editor: TextEditor
    var problem: Bilingual?
  }
}

/// A batch, and the variation that is looked at.
struct ContactSheet: Hashable, Sendable {
  var batch: Batch
  var selection = 0
  /// Pictures shown since it was opened, in every cell at once.
  var framesPlayed = 0

  var selected: Job? { batch.jobs.indices.contains(selection) ? batch.jobs[selection] : nil }

  mutating func move(_ delta: Int) { selection = max(0, min(batch.jobs.count - 1, selection + delta)) }
}

/// What the log says about one job, opened at its end.
struct LogPage: Hashable, Sendable {
  var job: Job.ID
  var lines: [String]
  /// Lines above the end.
  var scroll = 0

  mutating func move(_ delta: Int) { scroll = max(0, min(lines.count - 1, scroll - delta)) }
}

/// A list to choose from, filtered by typing.
struct Menu: Hashable, Sendable {
  var filter = TextEditor()
  var selection = 0
}
