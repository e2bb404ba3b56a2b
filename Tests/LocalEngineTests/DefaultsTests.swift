import Checkpoints
import Foundation
import GoldenModel
import Rendering
import Testing
import WanModel

@testable import LocalEngine

/// Where a model's own settings come from.
@Suite struct DefaultsTests {
  /// The shift of the golden model, two experts in the folder layout, with other files beside it.
  private func shift(scheduler: String? = nil, own: String? = nil) throws -> Double {
    let folder = FileManager.default.temporaryDirectory.appending(path: "defaults-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.copyItem(atPath: GoldenModel.path, toPath: folder.path)
    let file = folder.appending(path: "scheduler/\(SchedulerConfiguration.fileName)")
    if let scheduler {
      let text = "{\"_class_name\": \"UniPCMultistepScheduler\"\(scheduler)}"
      try text.write(to: file, atomically: true, encoding: .utf8)
    } else {
      try FileManager.default.removeItem(at: file)
    }
    let settings = folder.appending(path: ModelDefaults.fileName)
    try own?.write(to: settings, atomically: true, encoding: .utf8)
    return try ModelDefaults(folder: ModelFolder(path: folder.path), name: "defaults").recipe.shift
  }

  @Test func theSchedulersShiftCounts() throws {
    #expect(try shift(scheduler: ", \"flow_shift\": 6.5, \"num_train_timesteps\": 1000") == 6.5)
    #expect(try shift(scheduler: ", \"shift\": 7") == 7)
    #expect(try shift(scheduler: ", \"flow_shift\": 6.5", own: "{\"shift\": 2}") == 2)
  }

  @Test func theConvertersDefaultDoesNot() throws {
    #expect(try shift(scheduler: ", \"flow_shift\": 3.0") == 12)
    #expect(try shift(scheduler: "") == 12)
    #expect(try shift() == 12)
  }

  @Test(arguments: [
    "\"flow_shift\": \"x\"", "\"flow_shift\": -1", "\"flow_shift\": 0", "\"flow_shift\": 1e999",
    "\"num_train_timesteps\": 500", "\"num_train_timesteps\": \"1000\"",
  ])
  func nonsenseIsNamed(_ setting: String) throws {
    let error = #expect(throws: CheckpointError.self) { try shift(scheduler: ", \(setting)") }
    let key = setting.split(separator: "\"")[0]
    #expect(error?.description.contains(key) == true && error?.path.hasSuffix("scheduler_config.json") == true)
  }
}
