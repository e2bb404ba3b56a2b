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
  case batch(Batch)

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

/// A list to choose from, filtered by typing.
struct Menu: Hashable, Sendable {
  var filter = TextEditor()
  var selection = 0
}
