/// Kitty's graphics protocol with Unicode placeholders: the image is sent once and ordinary cells say where it is, so
/// it moves, scrolls and disappears with them. https://sw.kovidgoyal.net/kitty/graphics-protocol/
enum KittyProtocol {
  /// The query's id, recognised in the answer.
  static let queryID = 31

  /// Asks with the key of placeholders: kitty before 0.28 shows images, but does not know it and stays silent.
  static let query = "\u{1B}_Gi=\(queryID),s=1,v=1,a=q,U=1,t=d,f=24;AAAA\u{1B}\\"
  /// The ids that we give to images, as colours of the palette that no theme changes.
  static let ids = 16...255

  /// Sends an image that placeholders for `size` cells will show. Answers are turned off.
  static func transmit(_ image: Scaler.Image, id: Int, size: Size, passthrough: Bool) -> String {
    let header = "a=T,U=1,q=2,f=24,s=\(image.width),v=\(image.height),c=\(size.width),r=\(size.height),i=\(id)"
    let text = Base64.encode(image.rgb)
    var result = ""
    var rest = text[...]
    repeat {
      let chunk = rest.prefix(4096)
      rest = rest.dropFirst(4096)
      let keys = (result.isEmpty ? header + "," : "") + "m=\(rest.isEmpty ? 0 : 1)"
      let command = "\u{1B}_G\(keys);\(String(decoding: chunk, as: UTF8.self))\u{1B}\\"
      result += passthrough ? wrap(command) : command
    } while !rest.isEmpty
    return result
  }

  static func delete(id: Int, passthrough: Bool) -> String {
    let command = "\u{1B}_Ga=d,d=I,i=\(id),q=2\u{1B}\\"
    return passthrough ? wrap(command) : command
  }

  /// Ours: by name, and as a range, which kitty knows from 0.33. (Deleting "all" leaves images of placeholders.)
  static func delete(ids live: [Int], passthrough: Bool) -> String {
    let range = "\u{1B}_Ga=d,d=R,x=\(ids.lowerBound),y=\(ids.upperBound),q=2\u{1B}\\"
    return live.map { delete(id: $0, passthrough: passthrough) }.joined() + (passthrough ? wrap(range) : range)
  }

  /// For the terminal outside of tmux.
  static func wrap(_ command: String) -> String {
    "\u{1B}Ptmux;" + command.replacing("\u{1B}", with: "\u{1B}\u{1B}") + "\u{1B}\\"
  }

  /// The cells that show an image. Its id is their foreground colour.
  static func placeholders(id: Int, size: Size) -> Grid {
    var grid = Grid(size)
    let style = Style(foreground: .indexed(UInt8(clamping: id)))
    for y in 0..<min(size.height, Diacritics.all.count) {
      for x in 0..<min(size.width, Diacritics.all.count) {
        var text = "\u{10EEEE}"
        text.unicodeScalars.append(Diacritics.all[y])
        text.unicodeScalars.append(Diacritics.all[x])
        grid.put(text, columns: 1, at: Point(x: x, y: y), style: style)
      }
    }
    return grid
  }
}

/// The marks that number rows and columns: those of class 230 in Unicode 6.0 that never combine into one character.
enum Diacritics {
  static let all: [Unicode.Scalar] = ranges.flatMap { $0 }.compactMap(Unicode.Scalar.init)

  private static let ranges: [ClosedRange<UInt32>] = [
    0x305...0x305, 0x30D...0x30E, 0x310...0x310, 0x312...0x312, 0x33D...0x33F, 0x346...0x346, 0x34A...0x34C,
    0x350...0x352, 0x357...0x357, 0x35B...0x35B, 0x363...0x36F, 0x483...0x487, 0x592...0x595, 0x597...0x599,
    0x59C...0x5A1, 0x5A8...0x5A9, 0x5AB...0x5AC, 0x5AF...0x5AF, 0x5C4...0x5C4, 0x610...0x617, 0x657...0x65B,
    0x65D...0x65E, 0x6D6...0x6DC, 0x6DF...0x6E2, 0x6E4...0x6E4, 0x6E7...0x6E8, 0x6EB...0x6EC, 0x730...0x730,
    0x732...0x733, 0x735...0x736, 0x73A...0x73A, 0x73D...0x73D, 0x73F...0x741, 0x743...0x743, 0x745...0x745,
    0x747...0x747, 0x749...0x74A, 0x7EB...0x7F1, 0x7F3...0x7F3, 0x816...0x819, 0x81B...0x823, 0x825...0x827,
    0x829...0x82D, 0x951...0x951, 0x953...0x954, 0xF82...0xF83, 0xF86...0xF87, 0x135D...0x135F, 0x17DD...0x17DD,
    0x193A...0x193A, 0x1A17...0x1A17, 0x1A75...0x1A7C, 0x1B6B...0x1B6B, 0x1B6D...0x1B73, 0x1CD0...0x1CD2,
    0x1CDA...0x1CDB, 0x1CE0...0x1CE0, 0x1DC0...0x1DC1, 0x1DC3...0x1DC9, 0x1DCB...0x1DCC, 0x1DD1...0x1DE6,
    0x1DFE...0x1DFE, 0x20D0...0x20D1, 0x20D4...0x20D7, 0x20DB...0x20DC, 0x20E1...0x20E1, 0x20E7...0x20E7,
    0x20E9...0x20E9, 0x20F0...0x20F0, 0x2CEF...0x2CF1, 0x2DE0...0x2DFF, 0xA66F...0xA66F, 0xA67C...0xA67D,
    0xA6F0...0xA6F1, 0xA8E0...0xA8F1, 0xAAB0...0xAAB0, 0xAAB2...0xAAB3, 0xAAB7...0xAAB8, 0xAABE...0xAABF,
    0xAAC1...0xAAC1, 0xFE20...0xFE26, 0x10A0F...0x10A0F, 0x10A38...0x10A38, 0x1D185...0x1D189, 0x1D1AA...0x1D1AD,
    0x1D242...0x1D244,
  ]
}
