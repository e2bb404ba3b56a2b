import Foundation
import History
import LocalEngine
import Media
import Rendering
import Studio

/// A plan beside what this machine has.
struct PlanPaper {
  let recipe: Recipe
  let plan: Plan
  let proposals: [PlanProposal]
  let times: PlanTimes?
  let memory: SystemMemory
  let gpus: [MemoryReading.GPU]
  let disks: [DiskNeed]

  /// What is written somewhere, and what is free there.
  struct DiskNeed: Encodable {
    var purpose: String
    var folder: String
    var bytes: Int
    var freeBytes: Int?
    var fits: Bool { freeBytes.map { bytes <= $0 } ?? true }
  }

  /// - Throws: ``RenderError`` for what no memory makes possible.
  init(_ recipe: Recipe, _ engine: any RenderEngine, destination: String) async throws {
    let (plan, verdict) = PlanAdvisor.verdict(recipe, on: engine.grid, plan: engine.plan)
    if case .impossible(let error) = verdict { throw error }
    guard let plan else { throw RenderError(.badRecipe, "there is no plan") }
    let speed = await Ledger.knownSpeed(for: recipe, environment: ProcessInfo.processInfo.environment)
    self.recipe = recipe
    self.plan = plan
    if case .tooLarge(let proposals) = verdict { self.proposals = proposals } else { proposals = [] }
    times = speed.map { PlanTimes(plan, rgbBytes: recipe.rgbBytes, at: $0) }
    memory = .now
    gpus = MemoryProbe.read().gpus
    disks = Self.disks(recipe, plan, destination)
  }

  private static func disks(_ recipe: Recipe, _ plan: Plan, _ destination: String) -> [DiskNeed] {
    let folder = URL(filePath: destination == "-" ? "clip.mp4" : destination).deletingLastPathComponent()
    let scratch = FileManager.default.temporaryDirectory
    let needs = [
      ("clip and its frames", folder, ClipWriter.diskBytes(recipe)), ("frames in tiles", scratch, plan.scratchBytes),
    ]
    return needs.filter { $0.2 > 0 }.map { purpose, folder, bytes in
      let path = folder.standardizedFileURL.path(percentEncoded: false)
      return DiskNeed(purpose: purpose, folder: path, bytes: bytes, freeBytes: Disk.freeBytes(at: path))
    }
  }

  var fits: Bool { plan.fits && disks.allSatisfy(\.fits) }
}

// MARK: - For a person

extension PlanPaper {
  var text: String {
    let clip =
      "\(recipe.width)x\(recipe.height), \(Units.count(recipe.frameCount, "frame")), "
      + "\(Units.count(recipe.steps, "step")), \(plan.tokens) tokens, model \(recipe.model)"
    return clip + "\n\n" + table + "\n" + notes.map { $0 + "\n" }.joined()
  }

  private var table: String {
    let head = ["phase", "anonymous", "mapped", "weights", "read a pass", "time"]
    let rows = plan.phases.map { phase in
      [
        title(phase),
        Units.binary(phase.anonymousBytes), Units.binary(phase.mappedBytes), Units.binary(phase.weightBytes),
        phase.readsPerPass > 0 ? Units.binary(phase.readsPerPass) : "—",
        times?.phases[phase.component].map(Units.time) ?? "—",
      ]
    }
    let encoder = [
      "video encoder", "\(Units.binary(plan.encoderBytes)) *", "—", "—", "—",
      times.map { Units.time($0.encode) } ?? "—",
    ]
    return TextTable([head] + rows + [encoder]).text
  }

  private func title(_ phase: Plan.Phase) -> String {
    if phase.isCached == true { return "text from the cache" }
    return phase.component.title + (phase.component == .vae && plan.tiles > 1 ? ", \(plan.tiles) tiles" : "")
  }

  private var notes: [String] {
    var lines = ["* while the VAE decodes; counted there, too", ""]
    if recipe.speed != .plain {
      lines.append(
        "speed   \(recipe.speedText)" + (recipe.stepCache == nil ? "" : "; times are those of no pass spared"))
    }
    lines.append("memory  peak \(Units.binary(plan.peakBytes)) of \(limit)")
    lines.append(
      "        RAM \(Units.binary(memory.availableBytes)) free of \(Units.binary(memory.totalBytes)); \(group)")
    lines.append("GPU     \(graphics)")
    for disk in disks {
      let free = disk.freeBytes.map { "\(Units.bytes($0)) free" } ?? "free space unknown"
      lines.append("disk    up to \(Units.bytes(disk.bytes)) for the \(disk.purpose) in \(disk.folder): \(free)")
    }
    if let times { lines.append("time    about \(Units.time(times.total))") }
    return lines + [""] + verdict
  }

  private var limit: String { plan.memoryLimit.map { "\(Units.binary($0)) that it may take" } ?? "no limit of ours" }

  private var group: String {
    guard let group = memory.group else { return "no control group limits it" }
    return
      "control group (v\(group.version)) \(Units.binary(group.availableBytes)) free of \(Units.binary(group.limitBytes))"
  }

  private var graphics: String {
    guard !gpus.isEmpty else { return "none found; the engine computes on the processor" }
    let list = gpus.map { gpu in
      let used = gpu.usedBytes.map { Units.binary($0) } ?? "N/A"
      return "\(gpu.name) \(used) used of \(gpu.totalBytes.map { Units.binary($0) } ?? "N/A")"
    }
    return list.joined(separator: ", ") + "; the engine computes on the processor"
  }

  private var verdict: [String] {
    if fits { return ["fits"] }
    var lines: [String] = []
    if !plan.fits {
      lines.append("does not fit: " + PlanAdvisor.refusal(recipe, plan, []).what)
      if !proposals.isEmpty { lines.append("what would, the least loss first:") }
      lines += proposals.map { "  " + $0.option }
    }
    for disk in disks where !disk.fits {
      lines.append(
        "does not fit: \(disk.folder) has no room for the \(disk.purpose); free some space, or choose another")
    }
    return lines
  }
}

// MARK: - For a program

extension PlanPaper {
  private struct Lines: Encodable {
    var fits: Bool
    var recipe: Recipe
    var plan: Plan
    var peakBytes: Int
    var peakAnonymousBytes: Int
    var peakMappedBytes: Int
    var seconds: [String: Double]?
    var availableBytes: Int
    var totalBytes: Int
    var group: Group?
    var gpus: [GPU]
    var disks: [DiskNeed]
    var proposals: [String]
  }

  private struct Group: Encodable {
    var version: Int
    var limitBytes: Int
    var availableBytes: Int
  }

  private struct GPU: Encodable {
    var name: String
    var usedBytes: Int?
    var totalBytes: Int?
  }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let seconds = times.map { times in
      times.phases.reduce(into: ["video_encoder": times.encode, "total": times.total]) {
        $0[$1.key.rawValue] = $1.value
      }
    }
    let lines = Lines(
      fits: fits, recipe: recipe, plan: plan, peakBytes: plan.peakBytes, peakAnonymousBytes: plan.peakAnonymousBytes,
      peakMappedBytes: plan.peakMappedBytes, seconds: seconds, availableBytes: memory.availableBytes,
      totalBytes: memory.totalBytes,
      group: memory.group.map {
        Group(version: $0.version, limitBytes: $0.limitBytes, availableBytes: $0.availableBytes)
      },
      gpus: gpus.map { GPU(name: $0.name, usedBytes: $0.usedBytes, totalBytes: $0.totalBytes) }, disks: disks,
      proposals: proposals.map(\.option))
    return String(decoding: try encoder.encode(lines), as: UTF8.self) + "\n"
  }
}
