import CNCurses

/// Curses' numbered pairs of colours, by use: a pair that no cell shows any more may be given away when room is short.
struct ColourPairs {
  struct Key: Hashable {
    var foreground: Int32
    var background: Int32
  }

  private struct Entry {
    var pair: Int32
    var uses = 0
  }

  private let limit: Int
  private var entries: [Key: Entry] = [:]
  /// Pairs that were without use at some time, oldest first; some may be in use again.
  private var idle: [Key] = []

  init(limit: Int) { self.limit = min(max(1, limit - 1), 8192) }

  /// Counts one more use. 0, the terminal's own colours, if there is no room.
  mutating func take(_ key: Key) -> Int32 {
    if key == Key(foreground: -1, background: -1) { return 0 }
    if let index = entries.index(forKey: key) {
      entries.values[index].uses += 1
      return entries.values[index].pair
    }
    if entries.count >= limit { makeRoom() }
    guard entries.count < limit else { return 0 }
    let pair = cn_pair(key.foreground, key.background)
    guard pair > 0 else { return 0 }
    entries[key] = Entry(pair: pair, uses: 1)
    return pair
  }

  mutating func release(_ key: Key) {
    guard let index = entries.index(forKey: key) else { return }
    entries.values[index].uses -= 1
    if entries.values[index].uses == 0 { idle.append(key) }
  }

  /// Freeing costs a walk over the screen in curses: as few as needed, with a little in advance.
  private mutating func makeRoom() {
    var freed = 0
    var looked = 0
    while looked < idle.count, freed < 64 {
      let key = idle[looked]
      looked += 1
      guard let entry = entries[key], entry.uses == 0 else { continue }
      cn_free_pair(entry.pair)
      entries[key] = nil
      freed += 1
    }
    idle.removeFirst(looked)
  }
}
