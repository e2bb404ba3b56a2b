/// Where the weights of each layer of a model lie in its mapped files.
///
///     let pages = checkpoint.pages(of: (0..<40).map { "blocks.\($0)." })
///     pages.layers[7].byteCount
public struct LayerPages: Sendable {
  /// One layer: what has to be in memory while it runs. Neighbouring tensors count as one piece.
  public struct Layer: Sendable {
    /// For every pass.
    var pieces: [Piece]
    /// For the first pass alone, if what it made of them is kept.
    var once: [Piece]
    public var byteCount: Int { Piece.bytes(pieces) }
    public var onceBytes: Int { Piece.bytes(once) }
  }

  struct Piece: Sendable {
    var file: MappedFile
    var range: Range<Int>

    static func bytes(_ pieces: [Piece]) -> Int { pieces.reduce(0) { $0 + $1.range.count } }
  }

  public let layers: [Layer]
  /// Bytes of the tensors that belong to no layer: embeddings, heads.
  public let otherBytes: Int
  /// The same of those that are for once.
  public let otherOnceBytes: Int

  public var byteCount: Int { layers.reduce(otherBytes + otherOnceBytes) { $0 + $1.byteCount + $1.onceBytes } }
}

extension Checkpoint {
  /// - Parameters:
  ///   - prefixes: what the names of each layer's tensors begin with, in the order in which layers run.
  ///   - isOnce: whether a tensor, by its name, is needed once and not in every pass.
  public func pages(of prefixes: [String], isOnce: (String) -> Bool = { _ in false }) -> LayerPages {
    let numbers = Dictionary(prefixes.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
    let depth = prefixes.first?.count { $0 == "." } ?? 0
    var pieces = [[LayerPages.Piece]](repeating: [], count: prefixes.count)
    var once = pieces
    var (others, othersOnce) = (0, 0)
    for (name, place) in places {
      let entry = files[place.file].entries[place.entry]
      guard let number = numbers[Self.head(of: name, dots: depth)] else {
        if isOnce(name) { othersOnce += entry.range.count } else { others += entry.range.count }
        continue
      }
      let piece = LayerPages.Piece(file: files[place.file].mapping, range: entry.range)
      if isOnce(name) { once[number].append(piece) } else { pieces[number].append(piece) }
    }
    return LayerPages(
      layers: zip(pieces, once).map { LayerPages.Layer(pieces: Self.merged($0), once: Self.merged($1)) },
      otherBytes: others, otherOnceBytes: othersOnce)
  }

  /// "blocks.7." of "blocks.7.ffn.weight".
  private static func head(of name: String, dots: Int) -> String {
    let parts = name.split(separator: ".", maxSplits: dots, omittingEmptySubsequences: false)
    return parts.count > dots ? parts.prefix(dots).joined(separator: ".") + "." : name
  }

  /// Has the small tensors read, all at a time: norms and biases, which are looked at when a model is opened. Otherwise the
  /// first look at each would bring what lies around it, as much as the system reads ahead (on some machines 8 MB), and
  /// the next look would wait for that.
  public func readVectorsAhead() {
    for place in places.values {
      let entry = files[place.file].entries[place.entry]
      if entry.range.count <= Self.vectorBytes { files[place.file].mapping.advise(.willNeed, entry.range) }
    }
  }

  private static let vectorBytes = 256 << 10

  /// Pieces of a file that touch, or lie less than a page apart, become one.
  private static func merged(_ pieces: [LayerPages.Piece]) -> [LayerPages.Piece] {
    let sorted = pieces.sorted { ($0.file.path, $0.range.lowerBound) < ($1.file.path, $1.range.lowerBound) }
    return sorted.reduce(into: []) { result, piece in
      if let last = result.last, last.file === piece.file, piece.range.lowerBound - last.range.upperBound < 4096 {
        result[result.count - 1].range = last.range.lowerBound..<max(last.range.upperBound, piece.range.upperBound)
      } else {
        result.append(piece)
      }
    }
  }
}
