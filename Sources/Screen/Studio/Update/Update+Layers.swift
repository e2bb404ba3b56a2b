import Catalog
import Prompting
import Rendering
import Terminal

extension StudioState {
  mutating func performInMenu(_ action: Action) -> [Effect] {
    switch action {
    case .up: moveInMenu(-1)
    case .down: moveInMenu(1)
    case .sheetLeft: moveInMenu(-1)
    case .sheetRight: moveInMenu(1)
    case .keep, .loadIntoComposer: return performInSheet(action)
    case .pageUp: moveInMenu(-10)
    case .pageDown: moveInMenu(10)
    default: break
    }
    return []
  }

  private mutating func moveInMenu(_ delta: Int) {
    guard let layer = layers.popLast() else { return }
    func moved(_ menu: Menu, _ count: Int) -> Menu {
      var menu = menu
      menu.selection = max(0, min(count - 1, menu.selection + delta))
      return menu
    }
    switch layer {
    case .help(let menu): layers.append(.help(moved(menu, helpEntries(menu).count)))
    case .palette(let menu): layers.append(.palette(moved(menu, paletteEntries(menu).count)))
    case .words(let menu): layers.append(.words(moved(menu, wordEntries(menu).count)))
    case .templates(let menu): layers.append(.templates(moved(menu, templateEntries(menu).count)))
    case .batch(var sheet):
      sheet.move(delta)
      layers.append(.batch(sheet))
    case .log(var page):
      page.move(delta)
      layers.append(.log(page))
    case .question, .input, .welcome: layers.append(layer)
    }
  }

  /// Keepers are favourites; one of them goes on into the composer.
  private mutating func performInSheet(_ action: Action) -> [Effect] {
    guard case .batch(var sheet) = layers.last, let job = sheet.selected else { return [] }
    guard action == .keep else {
      layers.removeAll()
      return load(job)
    }
    sheet.batch.jobs[sheet.selection].isFavourite.toggle()
    layers[layers.count - 1] = .batch(sheet)
    return [.setFavourite(job.id, !job.isFavourite)]
  }

  /// Enter.
  mutating func choose() -> [Effect] {
    guard let layer = layers.last else { return chooseInScreen() }
    switch layer {
    case .help: layers.removeLast()
    case .palette(let menu): return chooseCommand(menu)
    case .words(let menu): return chooseWord(menu)
    case .templates(let menu): return chooseTemplate(menu)
    case .question(let question): return answer(question)
    case .input(let line): return take(line)
    case .welcome: return perform(.render)
    case .batch, .log: layers.removeLast()
    }
    return []
  }

  private mutating func chooseInScreen() -> [Effect] {
    switch screen {
    case .compose: return takeEntry()
    case .history:
      if history.isFiltering { history.isFiltering = false } else { history.isDetailZoomed.toggle() }
      return []
    case .queue, .models: return []
    }
  }

  private mutating func chooseCommand(_ menu: Menu) -> [Effect] {
    let entries = paletteEntries(menu)
    guard entries.indices.contains(menu.selection) else { return [] }
    let entry = entries[menu.selection]
    if let reason = entry.disabled {
      notice = Notice(.bad, reason)
      return []
    }
    layers.removeLast()
    return perform(entry.binding.action)
  }

  private mutating func chooseWord(_ menu: Menu) -> [Effect] {
    let entries = wordEntries(menu)
    guard entries.indices.contains(menu.selection), case .slot(let slot) = compose.focus else { return [] }
    layers.removeLast()
    let language = compose.language(of: slot) ?? options.language
    return takeText(.paste(Self.joined(compose[slot], entries[menu.selection].word, language)))
  }

  /// With the comma or space that the text before it wants.
  private static func joined(_ editor: TextEditor, _ word: String, _ language: PromptLanguage) -> String {
    let before = editor.characters[..<editor.cursor].last { !$0.isWhitespace }
    guard let before, !",，、".contains(before) else { return word }
    return (language == .zh ? "，" : editor.characters[editor.cursor - 1] == " " ? "" : ", ") + word
  }

  private mutating func chooseTemplate(_ menu: Menu) -> [Effect] {
    let entries = templateEntries(menu)
    guard entries.indices.contains(menu.selection) else { return [] }
    layers.removeLast()
    compose.isFree = false
    compose.focus = .slot(.subject)
    compose.parent = nil
    compose.load(entries[menu.selection].slots(options.language), &killed)
    return promptChanged()
  }

  private mutating func answer(_ question: Layer.Question) -> [Effect] {
    switch question.yes {
    case .quit: return quit()
    case .cancel(let id):
      layers.removeLast()
      render.watch?.job.isCancelling = true
      return [.cancel(id)]
    }
  }

  mutating func ask(_ purpose: Layer.InputLine.Purpose, _ title: Bilingual, _ text: String) {
    let help =
      switch purpose {
      case .tags: Bilingual("words, parted by spaces", "多个标签用空格分隔")
      case .notes: Bilingual("found by the filter as well", "筛选时也会搜索备注")
      case .variations:
        Bilingual(
          "\"seeds 4\", or a parameter and its values: \"shift 3 5 8\", \"steps 10 20\", \"guidance high 3 4 5\"",
          "“seeds 4”，或参数与取值：“shift 3 5 8”“steps 10 20”“guidance high 3 4 5”")
      }
    layers.append(.input(.init(purpose: purpose, title: title, help: help, editor: TextEditor(text))))
  }

  mutating func askForVariations() {
    ask(.variations, Bilingual("Variations of what is in Compose", "当前创作的变体"), "seeds 4")
  }

  private mutating func take(_ line: Layer.InputLine) -> [Effect] {
    layers.removeLast()
    switch line.purpose {
    case .tags(let id):
      return [.setTags(id, line.editor.text.split { $0.isWhitespace || ",，".contains($0) }.map(String.init))]
    case .notes(let id): return [.setNotes(id, line.editor.text)]
    case .variations: return takeVariations(line)
    }
  }

  private mutating func takeVariations(_ line: Layer.InputLine) -> [Effect] {
    let recipe = composedRecipe()
    do throws(VariationText.Problem) {
      let variations = try VariationText.parse(line.editor.text, seed: recipe.seed).get()
      let recipes = variations.recipes(from: recipe)
      // None of them is rendered if one cannot be: a batch is looked at together.
      for (label, recipe) in zip(variations.labels, recipes) {
        guard let error = refusal(of: recipe) else { continue }
        throw VariationText.Problem(text: Bilingual("\(label): \(error.sentence)", "\(label)：\(error.sentence)"))
      }
      return [.enqueue(recipes.map { NewJob($0, parent: compose.parent) }, variations)]
    } catch {
      var line = line
      line.problem = error.text
      layers.append(.input(line))
      return []
    }
  }

  /// A first start: a prompt is ready, Enter renders it.
  mutating func welcome() {
    let ready = catalog.templates.first { $0.model == settings.recipe.model } ?? catalog.templates.first
    let fallback = PromptSlots(
      subject: "a small red ball", action: "bounces", scene: "a grid room", style: "glowing", camera: "static shot")
    compose.load(ready?.slots(options.language) ?? fallback, &killed)
    layers.append(.welcome)
  }
}
