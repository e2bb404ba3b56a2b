import Testing

@testable import Terminal

@Suite("Pictures")
struct PictureTests {
  private func flat(_ width: Int, _ height: Int, _ colour: [UInt8]) -> Scaler.Image {
    Scaler.Image(width: width, height: height, rgb: (0..<width * height).flatMap { _ in colour })
  }

  /// Black on the left, white on the right.
  private func halves(_ width: Int, _ height: Int) -> Scaler.Image {
    let row = (0..<width).flatMap { [UInt8](repeating: $0 < width / 2 ? 0 : 255, count: 3) }
    return Scaler.Image(width: width, height: height, rgb: (0..<height).flatMap { _ in row })
  }

  @Test(
    "keep their proportions", arguments: [(160, 96), (832, 480), (480, 832), (1, 1)], [(50, 15), (20, 20), (200, 4)])
  func fit(picture: (Int, Int), area: (Int, Int)) {
    let area = Rect(x: 3, y: 2, width: area.0, height: area.1)
    let rect = PictureFit.rect(width: picture.0, height: picture.1, in: area, cell: Size(width: 1, height: 2))
    #expect(area.intersection(rect) == rect)
    // One of the two directions is used up, and the other is off by half a cell at most.
    #expect(rect.width == area.width || rect.height == area.height)
    let ratio = Double(picture.0) / Double(picture.1)
    let widest = (Double(rect.width) + 0.5) / (Double(rect.height) - 0.5) / 2
    let narrowest = (Double(rect.width) - 0.5) / (Double(rect.height) + 0.5) / 2
    #expect(narrowest...widest ~= ratio || rect.width == 1 || rect.height == 1)
  }

  @Test("nothing fits into nothing")
  func empty() {
    let nothing = PictureFit.rect(
      width: 4, height: 4, in: Rect(x: 0, y: 0, width: 0, height: 5), cell: Size(width: 1, height: 2))
    #expect(nothing.isEmpty)
    #expect(Picture(id: 1, width: 2, height: 2, rgb: [0], area: Rect(x: 0, y: 0, width: 1, height: 1)) == nil)
  }

  @Test("scaling keeps flat areas flat, and every pixel counts", arguments: [(3, 2), (7, 5), (64, 48), (1, 1)])
  func scaling(size: (Int, Int)) {
    let scaled = Scaler.scale(flat(16, 12, [200, 100, 50]), width: size.0, height: size.1)
    #expect(scaled == flat(size.0, size.1, [200, 100, 50]))
    let mean = Scaler.scale(halves(16, 12), width: 1, height: 1)
    #expect(abs(Int(mean.rgb[0]) - 127) <= 1)
    for target in 1...20 {
      for taps in Scaler.taps(from: 7, to: target) {
        #expect(abs(taps.weights.reduce(0, +) - 1) < 1e-5)
        #expect(taps.first >= 0 && taps.first + taps.weights.count <= 7)
      }
    }
  }

  @Test("half blocks: two pixels a cell")
  func halfBlocks() {
    var image = flat(2, 2, [10, 20, 30])
    image.rgb.replaceSubrange(6..<9, with: [200, 210, 220])
    let grid = HalfBlocks(depth: .direct, isUnicode: true).render(image, size: Size(width: 2, height: 1))
    #expect(grid[.zero] == Cell("▀", style: Style(foreground: .rgb(10, 20, 30), background: .rgb(200, 210, 220))))
    #expect(grid[Point(x: 1, y: 0)] == Cell(" ", style: Style(background: .rgb(10, 20, 30))))
  }

  @Test("without colours, characters are lighter and darker")
  func shades() {
    let grid = HalfBlocks(depth: .none, isUnicode: true).render(halves(8, 2), size: Size(width: 8, height: 1))
    #expect(grid.text == "    @@@@\n")
  }

  @Test(
    "dithering keeps the mean", arguments: [ColourDepth.eight, .sixteen, .indexed],
    [RGB(100, 100, 100), RGB(20, 20, 20), RGB(200, 60, 30), RGB(10, 90, 140)])
  func dither(depth: ColourDepth, colour: RGB) {
    var sums = [0, 0, 0]
    for y in 0..<4 {
      for x in 0..<4 {
        let dither = Dither(x: x, y: y)
        let index =
          switch depth {
          case .eight: dither.eight(colour)
          case .sixteen: dither.sixteen(colour)
          default: dither.indexed(colour)
          }
        let shown = Palette.rgb[Int(index)]
        sums[0] += Int(shown.r)
        sums[1] += Int(shown.g)
        sums[2] += Int(shown.b)
      }
    }
    // Sixteen places for the distance of two levels, and xterm's palette is not quite even.
    let tolerance = depth == .indexed ? 5 : 30
    for (sum, wanted) in zip(sums, [colour.r, colour.g, colour.b]) {
      #expect(abs(sum / 16 - Int(wanted)) <= tolerance)
    }
  }

  @Test("a grey stays a grey", arguments: [ColourDepth.eight, .sixteen, .indexed])
  func neutral(depth: ColourDepth) {
    for value in stride(from: UInt8(0), through: 250, by: 10) {
      let grid = HalfBlocks(depth: depth, isUnicode: true).render(
        flat(4, 4, [value, value, value]), size: Size(width: 4, height: 2))
      for case .indexed(let index) in grid.cells.flatMap({ [$0.style.foreground, $0.style.background] }) {
        let shown = Palette.rgb[Int(index)]
        #expect(shown.r == shown.g && shown.g == shown.b)
      }
    }
  }

  @Test("what is drawn later covers them")
  func covered() throws {
    var grid = Grid(Size(width: 6, height: 3))
    let image = flat(4, 4, [9, 9, 9])
    grid.show(
      try #require(Picture(id: 1, width: 4, height: 4, rgb: image.rgb, area: Rect(x: 0, y: 0, width: 6, height: 3))))
    grid.write("ok", at: Point(x: 2, y: 1))
    #expect(grid.text == "░░░░░░\n░░ok░░\n░░░░░░\n")
    var board = PictureBoard(
      form: .blocks, blocks: HalfBlocks(depth: .direct, isUnicode: true), bytesPerSecond: nil)
    let shown = board.compose(grid, at: .now).grid
    #expect(shown.text == "\n  ok\n\n")
    #expect(shown[.zero].style == Style(background: .rgb(9, 9, 9)))
    #expect(shown[Point(x: 2, y: 1)].style == .plain)
    board.form = .none
    #expect(board.compose(grid, at: .now).grid.text == "\n  ok\n\n")
  }
}

@Suite("Kitty's protocol")
struct KittyTests {
  @Test("the marks are the 297 that the protocol names")
  func diacritics() {
    #expect(Diacritics.all.count == 297)
    #expect(Set(Diacritics.all).count == 297)
    #expect(Diacritics.all.prefix(3) == ["\u{305}", "\u{30D}", "\u{30E}"])
    #expect(Diacritics.all == Diacritics.all.sorted())
    for mark in Diacritics.all {
      #expect(mark.properties.canonicalCombiningClass.rawValue == 230)
      #expect((mark.properties.age?.major ?? 99) <= 6)
    }
  }

  @Test("images go in chunks, through tmux with doubled escapes")
  func transmission() {
    let image = Scaler.Image(width: 64, height: 32, rgb: [UInt8](repeating: 7, count: 64 * 32 * 3))
    let text = KittyProtocol.transmit(image, id: 20, size: Size(width: 10, height: 5), passthrough: false)
    #expect(text.hasPrefix("\u{1B}_Ga=T,U=1,q=2,f=24,s=64,v=32,c=10,r=5,i=20,m=1;BwcH"))
    let chunks = text.split(separator: "\u{1B}\\")
    #expect(chunks.count == 2)
    #expect(chunks.last?.hasPrefix("\u{1B}_Gm=0;") == true)
    #expect(chunks.allSatisfy { $0.utf8.count < 4096 + 80 })
    #expect(
      KittyProtocol.delete(id: 3, passthrough: true)
        == "\u{1B}Ptmux;\u{1B}\u{1B}_Ga=d,d=I,i=3,q=2\u{1B}\u{1B}\\\u{1B}\\")
  }

  @Test("a new frame has a new id, and the old one is deleted after it")
  func doubleBuffer() throws {
    var board = PictureBoard(form: .kitty, blocks: HalfBlocks(depth: .indexed, isUnicode: true), bytesPerSecond: nil)
    func grid(_ shade: UInt8) throws -> Grid {
      var grid = Grid(Size(width: 4, height: 2))
      let rgb = [UInt8](repeating: shade, count: 48)
      grid.show(try #require(Picture(id: 7, width: 4, height: 4, rgb: rgb, area: grid.bounds)))
      return grid
    }
    let first = board.compose(try grid(1), at: .now).grid
    #expect(board.before.contains("i=16,"))
    #expect(first[.zero].style.foreground == .indexed(16))
    #expect(first[Point(x: 1, y: 1)].text.unicodeScalars.map(\.value) == [0x10EEEE, 0x30D, 0x30D])
    _ = board.compose(try grid(1), at: .now)
    #expect(board.before.isEmpty && board.after.isEmpty)
    let second = board.compose(try grid(2), at: .now).grid
    #expect(second[.zero].style.foreground == .indexed(17))
    #expect(board.after.contains("i=16,"))
    _ = board.compose(Grid(Size(width: 4, height: 2)), at: .now)
    #expect(board.after.contains("i=17,"))
  }

  @Test("bytes as text")
  func base64() {
    let cases: [(String, String)] = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
    for (plain, encoded) in cases {
      #expect(String(decoding: Base64.encode(Array(plain.utf8)), as: UTF8.self) == encoded)
    }
  }
}

@Suite("Slow lines")
struct PacerTests {
  private let start = ContinuousClock.now

  @Test("nothing new until the terminal took the last")
  func answers() {
    var pacer = PicturePacer()
    #expect(pacer.mayGo(at: start))
    pacer.sent(bytes: 10_000, at: start, asked: true)
    #expect(!pacer.mayGo(at: start + .milliseconds(500)))
    pacer.answered(at: start + .milliseconds(500))
    #expect(!pacer.mayGo(at: start + .milliseconds(900)))
    #expect(pacer.mayGo(at: start + .milliseconds(1000)))
  }

  @Test("a long way is not a slow line")
  func distance() {
    var pacer = PicturePacer()
    pacer.roundTrip = .milliseconds(300)
    pacer.sent(bytes: 10_000, at: start, asked: true)
    pacer.answered(at: start + .milliseconds(320))
    #expect(pacer.mayGo(at: start + .milliseconds(340)))
  }

  @Test("an answer that is lost does not stop pictures for ever")
  func lost() {
    var pacer = PicturePacer()
    pacer.sent(bytes: 10_000, at: start, asked: true)
    #expect(pacer.deadline == start + PicturePacer.patience)
    #expect(pacer.mayGo(at: start + PicturePacer.patience))
    #expect(pacer.shouldAsk)
    for second in 1...2 { pacer.sent(bytes: 10, at: start + PicturePacer.patience * second, asked: true) }
    #expect(!pacer.shouldAsk)
  }

  @Test("a budget is kept")
  func budget() {
    var pacer = PicturePacer(bytesPerSecond: 1000)
    pacer.sent(bytes: 500, at: start, asked: true)
    pacer.answered(at: start + .milliseconds(1))
    #expect(!pacer.mayGo(at: start + .milliseconds(499)))
    #expect(pacer.mayGo(at: start + .milliseconds(500)))
    var blind = PicturePacer()
    blind.sent(bytes: PicturePacer.blindBytesPerSecond, at: start, asked: false)
    #expect(blind.deadline == start + .seconds(1))
  }

  @Test("a frame that waits leaves the old one on the screen")
  func behind() throws {
    var board = PictureBoard(form: .blocks, blocks: HalfBlocks(depth: .direct, isUnicode: true), bytesPerSecond: 100)
    func grid(_ shade: UInt8) throws -> Grid {
      var grid = Grid(Size(width: 2, height: 1))
      let rgb = [UInt8](repeating: shade, count: 12)
      grid.show(try #require(Picture(id: 1, width: 2, height: 2, rgb: rgb, area: grid.bounds)))
      return grid
    }
    let (_, bytes) = board.compose(try grid(1), at: start)
    board.pacer.sent(bytes: bytes, at: start, asked: false)
    let early = board.compose(try grid(2), at: start + .milliseconds(10))
    #expect(board.isBehind && early.newBytes == 0)
    #expect(early.grid[.zero].style.background == .rgb(1, 1, 1))
    let late = board.compose(try grid(3), at: start + .seconds(10))
    #expect(!board.isBehind)
    #expect(late.grid[.zero].style.background == .rgb(3, 3, 3))
  }
}
