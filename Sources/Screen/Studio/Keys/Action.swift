/// Everything a person can do, by name. What a key does where is in ``KeyTable``.
public enum Action: String, Hashable, Sendable, CaseIterable {
  // Anywhere
  case showCompose, showHistory, showQueue, showModels, help, palette, render, cancelRender, quit, sayHowToQuit, close
  case zoom, pausePreview, nextTheme, switchLanguage, switchMouse, switchMotion, variations

  // Compose
  case nextField, previousField, insertWord, templates, acceptGhost, switchMode, splitText, fix1, fix2, fix3
  case dismissHint, clearAll
  case presetDraft, presetBalanced, presetFinal

  // Text
  case undo, redo, killLine, killToStart, killWord, killWordForward, yank, copySelection, selectAll
  case wordLeft, wordRight, newLine

  // Settings
  case nextSetting, previousSetting, valueDown, valueUp, editValue, randomSeed, lastSeed, resetValue

  // Lists
  case up, down, pageUp, pageDown, first, last, choose

  // History
  case filter, nextSort, loadIntoComposer, rerun, rerunNewSeed, rerunReference, compare, open, copyPath, copyPrompt,
    copyRecipe
  case favourite, delete, undoDelete, editTags, editNotes, showBatch, keep, showLog

  // Contact sheet
  case sheetLeft, sheetRight

  // Models
  case activateModel, refreshModels
}
