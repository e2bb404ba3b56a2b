/// The pictures on the screen: turns each into cells, and into image data where the terminal takes it.
///
/// A new frame waits while the line is busy; the old one stays, and only the newest is ever sent.
struct PictureBoard {
  var form: PictureProtocol {
    didSet { if form != oldValue { entries = [:] } }
  }
  /// Images go through tmux.
  var passthrough = false
  var cell = Size(width: 1, height: 2)
  var pacer: PicturePacer
  let blocks: HalfBlocks

  private var entries: [Int: Entry] = [:]
  private var freeIDs = Array(KittyProtocol.ids.reversed())
  /// Image commands that go before, and after, the cells.
  private(set) var before = ""
  private(set) var after = ""
  /// A frame waits for the line.
  private(set) var isBehind = false

  private struct Entry {
    var picture: Picture
    var rect: Rect
    var cells: Grid
    /// 0: no image at the terminal.
    var image = 0
  }

  init(form: PictureProtocol, blocks: HalfBlocks, bytesPerSecond: Int?) {
    self.form = form
    self.blocks = blocks
    pacer = PicturePacer(bytesPerSecond: bytesPerSecond)
  }

  /// The grid with its pictures drawn into its cells, and about how many bytes new frames take.
  mutating func compose(_ grid: Grid, at now: PicturePacer.Instant) -> (grid: Grid, newBytes: Int) {
    (before, after, isBehind) = ("", "", false)
    forget(except: Set(grid.pictures.map(\.id)))
    var grid = grid
    var newBytes = 0
    for picture in grid.pictures {
      if form != .none { newBytes += update(picture, mayGo: pacer.mayGo(at: now)) }
      if let entry = entries[picture.id] {
        grid.drawPicture(entry.cells, at: entry.rect.origin, onlyWhereMarked: picture.isMarked)
      }
    }
    for picture in grid.pictures where picture.isMarked { grid.removeMarkers(in: picture.area) }
    grid.pictures = []
    return (grid, newBytes)
  }

  /// What the terminal keeps for us.
  var imageIDs: [Int] { entries.values.map(\.image).filter { $0 != 0 } }

  /// Images are gone from the terminal, as after Ctrl-Z: everything is sent again.
  mutating func forgetImages() {
    entries = [:]
    freeIDs = Array(KittyProtocol.ids.reversed())
  }

  /// Brings a picture's cells up to date; returns the bytes that this will take.
  private mutating func update(_ picture: Picture, mayGo: Bool) -> Int {
    let old = entries[picture.id]
    let rect = PictureFit.rect(width: picture.width, height: picture.height, in: picture.area, cell: cell)
    guard !rect.isEmpty else { return 0 }
    if let old, old.picture.rgb == picture.rgb, old.rect.size == rect.size {
      entries[picture.id]?.rect = rect
      return 0
    }
    // In another size the old frame does not fit: that cannot wait.
    if let old, old.rect.size == rect.size, !mayGo {
      entries[picture.id]?.rect = rect
      isBehind = true
      return 0
    }
    return form == .kitty ? sendImage(picture, rect, replacing: old) : drawBlocks(picture, rect)
  }

  private mutating func drawBlocks(_ picture: Picture, _ rect: Rect) -> Int {
    let cells = blocks.render(picture.image, size: rect.size)
    entries[picture.id] = Entry(picture: picture, rect: rect, cells: cells)
    let bytesPerCell = blocks.depth == .direct ? 40 : 24
    return rect.width * rect.height * bytesPerCell
  }

  /// A new frame gets a new id, its cells change to it, and then the old one goes: nothing flickers.
  private mutating func sendImage(_ picture: Picture, _ rect: Rect, replacing old: Entry?) -> Int {
    guard let id = freeIDs.popLast() else { return drawBlocks(picture, rect) }
    let command = KittyProtocol.transmit(reduced(picture, rect), id: id, size: rect.size, passthrough: passthrough)
    before += command
    if let old { drop(old) }
    entries[picture.id] = Entry(
      picture: picture, rect: rect, cells: KittyProtocol.placeholders(id: id, size: rect.size), image: id)
    return command.utf8.count
  }

  /// No more pixels than the screen has for it.
  private func reduced(_ picture: Picture, _ rect: Rect) -> Scaler.Image {
    let pixels = Size(width: rect.width * max(cell.width, 8), height: rect.height * max(cell.height, 16))
    guard picture.width > pixels.width, picture.height > pixels.height else { return picture.image }
    return Scaler.scale(picture.image, width: pixels.width, height: pixels.height)
  }

  private mutating func forget(except ids: Set<Int>) {
    for (id, entry) in entries where !ids.contains(id) {
      drop(entry)
      entries[id] = nil
    }
  }

  private mutating func drop(_ entry: Entry) {
    guard entry.image != 0 else { return }
    after += KittyProtocol.delete(id: entry.image, passthrough: passthrough)
    freeIDs.insert(entry.image, at: 0)
  }
}

extension Picture {
  var image: Scaler.Image { Scaler.Image(width: width, height: height, rgb: rgb) }
}
