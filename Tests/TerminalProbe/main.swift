// A small program on a real terminal, for Tests/terminal.sh: draws a box, difficult text and a moving picture, and
// says what was typed.
import Foundation
import Terminal

let arguments = CommandLine.arguments.dropFirst()

var options = ScreenOptions()
for argument in arguments {
  switch argument {
  case "--ascii": options.ascii = true
  case "--no-mouse": options.mouse = false
  case _ where argument.hasPrefix("--preview="):
    options.pictures = ScreenOptions.PictureChoice(rawValue: String(argument.dropFirst(10))) ?? .automatic
  default: break
  }
}

if arguments.contains("--report") {
  for fact in try TerminalScreen.examine(options: options).facts {
    print("\(TextWidth.pad(fact.name, to: 12))\(TextWidth.pad(fact.value, to: 22)) \(fact.why)")
  }
  exit(0)
}

/// A ball that rolls over a gradient.
func picture(at step: Int, in area: Rect) -> Picture? {
  let (width, height) = (160, 96)
  var rgb: [UInt8] = []
  rgb.reserveCapacity(width * height * 3)
  let centre = (x: 20 + step * 4 % 120, y: 48)
  for y in 0..<height {
    for x in 0..<width {
      let distance = (x - centre.x) * (x - centre.x) + (y - centre.y) * (y - centre.y)
      rgb += distance < 400 ? [230, 40, 40] : [UInt8(x * 255 / width), UInt8(y * 255 / height), 120]
    }
  }
  return Picture(id: 1, width: width, height: height, rgb: rgb, area: area)
}

func view(_ size: Size, step: Int, heard: [String]) -> Grid {
  var grid = Grid(size)
  grid.border(
    grid.bounds, .rounded, style: Style(foreground: .rgb(90, 160, 255)), title: "probe \(size.width)×\(size.height)")
  var rest = grid.bounds.inset(by: 1)
  let lines = ["一颗红色的星星|", "cafe\u{301} é|", "👩‍👩‍👧|❤️|🇩🇪|👍🏽|1️⃣|", "한국어|ไทย|नमस्ते|"]
  for line in lines { grid.draw(in: rest.takeTop(1)) { $0.write(line, at: .zero, ellipsis: true) } }
  for line in heard.suffix(6) {
    grid.draw(in: rest.takeTop(1)) { $0.write("heard \(line)", at: .zero, style: Style(bold: true), ellipsis: true) }
  }
  if let picture = picture(at: step, in: rest) { grid.show(picture) }
  grid.cursor = Point(x: min(2, size.width - 1), y: 1)
  return grid
}

let screen = try TerminalScreen(options: options)
let animates = arguments.contains("--animate")
var heard: [String] = []
var step = 0
var isOver = false
var next = ContinuousClock.now

/// Until the stack is full.
func descend(_ depth: Int) -> Int { depth < 0 ? 0 : descend(depth + 1) + heardSoFar(depth).count }
func heardSoFar(_ depth: Int) -> [Int] { Array(repeating: depth, count: 1 + depth % 2) }

@MainActor func handle(_ input: Input) {
  switch input {
  case .key(.character("q")): isOver = true
  case .key(.character("c")): fatalError("asked to crash")
  case .key(.character("s")): heard.append("\(descend(0))")
  case .key(.character("e")): FileHandle.standardError.write(Data("a library complains\n".utf8))
  case .key(.character("m")): screen.useMouse(false)
  case .key(.character("w")):
    let waker = screen.waker
    Thread.detachNewThread { for _ in 0..<1000 { waker.poke() } }
  case .terminate(let signal): screen.die(of: signal)
  case .hangup:
    if let at = arguments.firstIndex(of: "--survive"), at + 1 <= arguments.endIndex {
      screen.close()
      sleep(1)
      try? "went on without a screen".write(toFile: arguments[at + 1], atomically: true, encoding: .utf8)
    }
    isOver = true
  case .resize, .redraw: break
  case .key(let key): heard.append("key \(key)")
  case .paste(let text): heard.append("paste \(text.count) characters, \(text.split(separator: "\n").count) lines")
  default: heard.append("\(input)")
  }
}

while !isOver {
  screen.draw(view(screen.size, step: step, heard: heard))
  for input in screen.wait(until: animates ? next : nil) { handle(input) }
  if animates, .now >= next {
    step += 1
    next = .now + .milliseconds(125)
  }
}
screen.close()
