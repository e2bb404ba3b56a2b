import Foundation
import Rendering

/// The README's table of planned and measured memory: each row is a process of its own, so that none inherits what
/// another one left.
struct MemoryTable {
  let folder: String

  private static let rows: [[String]] = [
    ["--shape", "nano", "--steps", "2"],
    ["--shape", "1.3b", "--size", "480x272", "--frames", "9", "--steps", "1"],
    ["--shape", "1.3b", "--size", "480x272", "--frames", "9", "--steps", "1", "--max-memory", "3GiB"],
    ["--shape", "5b", "--size", "480x288", "--frames", "9", "--steps", "1"],
    ["--shape", "a14b", "--size", "832x480", "--frames", "17", "--steps", "1", "--max-memory", "6GiB"],
  ]

  func print() throws {
    Console.output(
      "| Shape | Clip | Limit | Anonymous: plan | measured | Mapped: plan | measured |\n|---|---|---|---|---|---|---|\n"
    )
    for row in Self.rows { Console.output(try line(try measure(row))) }
  }

  private struct Measured: Decodable {
    var shape: String
    var size: String
    var frames: Int
    var maxMemory: Int?
    var predictedAnonymousBytes: Int
    var peakAnonymousBytes: Int
    var predictedMappedBytes: Int
    var peakMappedBytes: Int
  }

  private func line(_ row: Measured) throws -> String {
    func pair(_ planned: Int, _ measured: Int) -> String {
      "\(Units.binary(planned)) | \(Units.binary(measured)) (\(MemoryResult.share(planned, measured)))"
    }
    return "| \(row.shape) | \(row.size), \(row.frames) frames | \(row.maxMemory.map { Units.binary($0) } ?? "none") | "
      + pair(row.predictedAnonymousBytes, row.peakAnonymousBytes) + " | "
      + pair(row.predictedMappedBytes, row.peakMappedBytes) + " |\n"
  }

  private func measure(_ arguments: [String]) throws -> Measured {
    try OwnProcess.bench(["memory", "--folder", folder] + arguments)
  }
}
