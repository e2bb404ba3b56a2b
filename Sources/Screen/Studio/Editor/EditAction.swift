/// What a key does to a text.
public enum EditAction: Hashable, Sendable {
  /// Typed text: joins the step of undo that is open.
  case insert(String)
  /// Pasted text: a step of its own.
  case paste(String)
  case move(Motion, selecting: Bool)
  case delete(Motion)
  /// Deletes into the kill buffer.
  case kill(Motion)
  case cut
  case yank
  case selectAll
  case undo
  case redo
  case replaceAll(String)
}

/// Ways for the cursor to go.
public enum Motion: Hashable, Sendable {
  case left, right, wordLeft, wordRight, lineStart, lineEnd, textStart, textEnd
}

/// What was killed last; the same for all fields, so that text can be carried from one to the other.
public struct KillBuffer: Hashable, Sendable {
  public private(set) var text = ""
  private var joins = false

  public init() {}

  /// Kills in a row collect into one text.
  mutating func add(_ killed: String, before: Bool) {
    guard !killed.isEmpty else { return }
    text = !joins ? killed : before ? killed + text : text + killed
    joins = true
  }

  mutating func close() { joins = false }
}

extension TextEditor {
  /// Does what a key asks for.
  public mutating func apply(_ action: EditAction, _ killed: inout KillBuffer) {
    if case .kill = action {} else { killed.close() }
    goalColumn = nil
    switch action {
    case .insert(let text): replace(selection ?? cursor..<cursor, with: Self.plainLines(text), as: .typing)
    case .paste(let text): replace(selection ?? cursor..<cursor, with: Self.plainLines(text), as: .other)
    case .yank: replace(selection ?? cursor..<cursor, with: killed.text, as: .other)
    case .move(let motion, let selecting): move(motion, selecting: selecting)
    case .delete(let motion): delete(motion)
    case .kill(let motion): kill(motion, &killed)
    case .cut: cut(&killed)
    case .selectAll: selectAll()
    case .undo: for edit in history.undo() { revert(edit) }
    case .redo: for edit in history.redo() { perform(edit) }
    case .replaceAll(let text): replace(0..<characters.count, with: Self.plainLines(text), as: .other)
    }
  }

  private mutating func move(_ motion: Motion, selecting: Bool) {
    history.close()
    if !selecting, let selection, motion == .left || motion == .right {
      return place(motion == .left ? selection.lowerBound : selection.upperBound, selecting: false)
    }
    place(target(of: motion), selecting: selecting)
  }

  private mutating func delete(_ motion: Motion) {
    let other = target(of: motion)
    replace(selection ?? min(cursor, other)..<max(cursor, other), with: "", as: .deleting)
  }

  private mutating func kill(_ motion: Motion, _ killed: inout KillBuffer) {
    let other = killTarget(of: motion)
    let range = min(cursor, other)..<max(cursor, other)
    killed.add(String(characters[range]), before: other < cursor)
    replace(range, with: "", as: .other)
  }

  /// Killing to the end of a line that is there already takes the line end itself.
  private func killTarget(of motion: Motion) -> Int {
    let other = target(of: motion)
    return motion == .lineEnd && other == cursor ? target(of: .right) : other
  }

  private mutating func cut(_ killed: inout KillBuffer) {
    guard let selection else { return }
    killed.add(String(characters[selection]), before: false)
    replace(selection, with: "", as: .other)
  }

  private mutating func selectAll() {
    history.close()
    place(0, selecting: false)
    place(characters.count, selecting: true)
  }

  func target(of motion: Motion) -> Int {
    switch motion {
    case .left: max(0, cursor - 1)
    case .right: min(characters.count, cursor + 1)
    case .wordLeft: WordBoundaries.before(cursor, in: characters)
    case .wordRight: WordBoundaries.after(cursor, in: characters)
    case .lineStart: lineStart(of: cursor)
    case .lineEnd: lineEnd(of: cursor)
    case .textStart: 0
    case .textEnd: characters.count
    }
  }
}
