import Catalog
import Rendering
import Terminal

/// Memory now, its peak, the plan, and the last minute as a graph.
enum MemoryView {
  private static let (now, peak, plan, graph) = (20, 29, 38, 41)

  static func draw(_ state: StudioState, _ watch: RenderWatch, _ canvas: inout Canvas, _ area: Rect) {
    guard area.height >= 4 else { return }
    let look = canvas.look
    let rows = area.inset(top: 1)
    canvas.write("\(look.say(.memory)) GiB", x: rows.x, y: rows.y, .fieldLabel)
    for (word, end) in [(Word.now, now), (.peak, peak), (.plan, plan)] {
      canvas.write(look.say(word), endingAt: rows.x + end, y: rows.y, .fieldLabel)
    }
    drawEngine(state, watch, &canvas, rows.row(1))
    drawRAM(state, &canvas, rows.row(2))
    drawGPUs(state, &canvas, rows.inset(top: 3))
  }

  private static func drawEngine(_ state: StudioState, _ watch: RenderWatch, _ canvas: inout Canvas, _ row: Rect) {
    let memory = state.render.memory
    let planned = (watch.plan ?? state.settings.plan?.plan)?.peakAnonymousBytes
    canvas.write(canvas.look.say(.engine), x: row.x, y: row.y)
    number(memory.latest?.engineBytes, now, &canvas, row)
    number(memory.peakEngineBytes, peak, &canvas, row)
    number(planned, plan, &canvas, row)
    let values = memory.readings.map { $0.engineBytes.map(Double.init) }
    let top = max(planned ?? 0, memory.peakEngineBytes ?? 0)
    canvas.graph(values, top: Double(top), x: row.x + graph, y: row.y, width: row.width - graph, .graphEngine)
  }

  private static func drawRAM(_ state: StudioState, _ canvas: inout Canvas, _ row: Rect) {
    let memory = state.render.memory
    canvas.write("RAM", x: row.x, y: row.y)
    number(memory.latest?.usedRAMBytes, now, &canvas, row)
    if let total = memory.latest?.totalRAMBytes {
      canvas.write("\(canvas.look.say(.of)) \(Numbers.short(gibibytes: total))", endingAt: row.x + peak, y: row.y, .dim)
      let values = memory.readings.map { $0.usedRAMBytes.map(Double.init) }
      canvas.graph(values, top: Double(total), x: row.x + graph, y: row.y, width: row.width - graph, .graphRAM)
    }
  }

  private static func drawGPUs(_ state: StudioState, _ canvas: inout Canvas, _ rows: Rect) {
    let look = canvas.look
    let gpus = state.render.memory.latest?.gpus ?? []
    if gpus.isEmpty {
      canvas.write("VRAM", x: rows.x, y: rows.y)
      canvas.write(look.say(.notAvailable), x: rows.x + now - 4, y: rows.y, .dim, limit: rows.width - now + 4)
    }
    for (index, gpu) in gpus.prefix(rows.height).enumerated() {
      let row = rows.row(index)
      canvas.write(gpu.isShared ? look.say(.shared) : "VRAM", x: row.x, y: row.y)
      number(gpu.usedBytes, now, &canvas, row)
      if let total = gpu.totalBytes {
        canvas.write("\(look.say(.of)) \(Numbers.short(gibibytes: total))", endingAt: row.x + peak, y: row.y, .dim)
      }
      let values = state.render.memory.readings.map { reading in
        reading.gpus.indices.contains(index) ? reading.gpus[index].usedBytes.map(Double.init) : nil
      }
      canvas.graph(
        values, top: Double(gpu.totalBytes ?? 0), x: row.x + graph, y: row.y, width: row.width - graph, .graphVRAM)
    }
  }

  private static func number(_ bytes: Int?, _ end: Int, _ canvas: inout Canvas, _ row: Rect) {
    let text = bytes.map { Numbers.short(gibibytes: $0) } ?? "N/A"
    canvas.write(text, endingAt: row.x + end, y: row.y, bytes == nil ? .dim : .text)
  }
}
