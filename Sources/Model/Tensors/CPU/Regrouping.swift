/// Between pictures of two resolutions, without weights.
extension CPU {
  public func add(duplicatesOf coarse: FeatureMap, to fine: FeatureMap, _ cell: FineCell) {
    checkSizes(coarse, fine, cell)
    let repeats = fine.channels * cell.volume / coarse.channels
    let sources = Self.perPixel(cell) { row, column in
      (0..<fine.channels).map { cell.place(channel: $0, row: row, column: column) / repeats }
    }
    inParallel(fine.height) { row in
      let from = coarse.row(row / cell.scale)
      var to = fine.row(row)
      for column in 0..<fine.width {
        let pixel = from + column / cell.scale * coarse.channels
        sources[row % cell.scale * cell.scale + column % cell.scale].withUnsafeBufferPointer { sources in
          for (channel, source) in sources.enumerated() { to[channel] += pixel[source] }
        }
        to += fine.channels
      }
    }
  }

  public func add(meansOf fine: FeatureMap, to coarse: FeatureMap, _ cell: FineCell) {
    checkSizes(coarse, fine, cell)
    let count = fine.channels * cell.volume / coarse.channels
    let targets = Self.perPixel(cell) { row, column in
      (0..<fine.channels).map { cell.place(channel: $0, row: row, column: column) / count }
    }
    let share = 1 / Float(count)
    inParallel(coarse.height) { row in
      for part in 0..<cell.scale * cell.scale {
        let from = fine.row(row * cell.scale + part / cell.scale) + part % cell.scale * fine.channels
        let to = coarse.row(row)
        for column in 0..<coarse.width {
          let (source, sum) = (from + column * cell.scale * fine.channels, to + column * coarse.channels)
          targets[part].withUnsafeBufferPointer { targets in
            for (channel, target) in targets.enumerated() { sum[target] += source[channel] * share }
          }
        }
      }
    }
  }

  private static func perPixel(_ cell: FineCell, _ places: (Int, Int) -> [Int]) -> [[Int]] {
    (0..<cell.scale * cell.scale).map { places($0 / cell.scale, $0 % cell.scale) }
  }

  private func checkSizes(_ coarse: FeatureMap, _ fine: FeatureMap, _ cell: FineCell) {
    precondition(fine.height == coarse.height * cell.scale && fine.width == coarse.width * cell.scale)
    precondition((fine.channels * cell.volume).isMultiple(of: coarse.channels), "a value is for a whole number")
  }
}
