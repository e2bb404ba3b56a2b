/// What an edit was, for grouping: typing a word is one step back, not five.
enum EditKind: Hashable, Sendable {
  case typing, deleting, other
}

/// One replacement of graphemes, with the way back.
struct Edit: Hashable, Sendable {
  var start: Int
  var old: [Character]
  var new: [Character]
  var cursorBefore: Int
  var anchorBefore: Int?
  var cursorAfter: Int

  init(start: Int, old: [Character], new: [Character], before: (cursor: Int, anchor: Int?), cursorAfter: Int) {
    self.start = start
    self.old = old
    self.new = new
    (cursorBefore, anchorBefore) = before
    self.cursorAfter = cursorAfter
  }

  /// Without the graphemes that stay as they are at both ends, so that history stays small on long lines.
  func trimmed() -> Edit {
    func same(_ a: Character, _ b: Character) -> Bool { a.unicodeScalars.elementsEqual(b.unicodeScalars) }
    let shorter = min(old.count, new.count)
    var front = 0
    while front < shorter, same(old[front], new[front]) { front += 1 }
    var back = 0
    while back < shorter - front, same(old[old.count - 1 - back], new[new.count - 1 - back]) { back += 1 }
    var edit = self
    edit.start += front
    edit.old = Array(old[front..<old.count - back])
    edit.new = Array(new[front..<new.count - back])
    return edit
  }
}

/// Steps back and forth, in groups.
struct EditHistory: Hashable, Sendable {
  static let mostGroups = 200
  private var done: [[Edit]] = []
  private var undone: [[Edit]] = []
  /// The kind of the group that the next edit may join; nil after anything else happened.
  private var open: EditKind?
  private var endsInSpace = false

  /// The next edit begins a new step: the cursor was moved, or something else happened.
  mutating func close() { open = nil }

  mutating func record(_ edit: Edit, kind: EditKind, inserted: String) {
    undone = []
    let beginsWord = kind == .typing && endsInSpace && inserted.first?.isWhitespace == false
    if kind != .other, kind == open, !beginsWord, !done.isEmpty {
      done[done.count - 1].append(edit)
    } else {
      done.append([edit])
      if done.count > Self.mostGroups { done.removeFirst() }
    }
    open = kind == .other ? nil : kind
    endsInSpace = inserted.last?.isWhitespace ?? false
  }

  mutating func undo() -> [Edit] {
    close()
    guard let group = done.popLast() else { return [] }
    undone.append(group)
    return group.reversed()
  }

  mutating func redo() -> [Edit] {
    close()
    guard let group = undone.popLast() else { return [] }
    done.append(group)
    return group
  }

  var canUndo: Bool { !done.isEmpty }
  var canRedo: Bool { !undone.isEmpty }
}
