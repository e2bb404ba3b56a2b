import Checkpoints
import Foundation
import GoldenModel
import Testing

@testable import WanModel

@Suite struct ModelFolderFitTests {
  /// A model's configurations and tokenizer, without weights; `change` replaces text in one of the files.
  private func problem(_ file: String = "", _ old: String = "", _ new: String = "") throws -> String? {
    let folder = NSTemporaryDirectory() + "moviola-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let places = [
      "model_index.json", "transformer/config.json", "transformer_2/config.json", "text_encoder/config.json",
      "vae/config.json",
    ]
    for place in places {
      let path = URL(fileURLWithPath: "\(folder)/\(place)")
      try FileManager.default.createDirectory(at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
      var text = try String(contentsOfFile: "\(GoldenModel.path)/\(place)", encoding: .utf8)
      if place == file { text = text.replacingOccurrences(of: old, with: new) }
      try text.write(to: path, atomically: true, encoding: .utf8)
    }
    try FileManager.default.copyItem(atPath: "\(GoldenModel.path)/tokenizer", toPath: "\(folder)/tokenizer")
    do throws(CheckpointError) {
      try ModelFolder(path: folder).verifyFit()
      return nil
    } catch {
      return error.description
    }
  }

  @Test func partsOfOneModelFit() throws {
    #expect(try problem() == nil)
  }

  /// The VAE of Wan 2.2 with a transformer of 16 channels, and that of Wan 2.1 with TI2V-5B's.
  @Test(arguments: [("transformer", 48, 16), ("vae", 16, 48)])
  func theOtherVAEIsRefusedInOneSentence(_ foreign: String, _ channels: Int, _ others: Int) throws {
    let folder = NSTemporaryDirectory() + "moviola-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try GoldenModel.assembleTI2V(in: folder)
    #expect(throws: Never.self) { try ModelFolder(path: folder).verifyFit() }
    let part = foreign == "vae" ? "transformer" : "vae"
    try FileManager.default.removeItem(atPath: "\(folder)/\(part)")
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder)/\(part)", withDestinationPath: "\(GoldenModel.path)/\(part)")
    let error = #expect(throws: CheckpointError.self) { try ModelFolder(path: folder).verifyFit() }
    let sentence = try #require(error?.description)
    for words in [
      "\(folder)/transformer/config.json: does not fit \(folder)/vae/config.json", "latents of \(channels) channels",
      "the VAE reads \(others)",
    ] {
      #expect(sentence.contains(words), "\(sentence)")
    }
  }

  @Test(arguments: [
    ("text_encoder/config.json", "\"vocab_size\": 640", "\"vocab_size\": 611", "the tokenizer has 612 ids"),
    ("text_encoder/config.json", "\"d_model\": 32", "\"d_model\": 33", "\"text_dim\" is 32, but the text encoder"),
    ("transformer_2/config.json", "\"in_channels\": 16", "\"in_channels\": 36", "transformer_2/config.json"),
    (
      "transformer/config.json", "\"out_channels\": 16", "\"out_channels\": 8",
      "latents of 8 channels, the VAE reads 16"
    ),
    ("vae/config.json", "\"out_channels\": 3", "\"out_channels\": 4", "frames have 3"),
    ("transformer_2/config.json", "    1,\n    2,\n    2", "    1,\n    2,\n    4", "\"patch_size\""),
    ("model_index.json", "WanPipeline", "WanImageToVideoPipeline", "\"_class_name\""),
    ("model_index.json", "\"vae\"", "\"vea\"", "it names no component \"vae\""),
  ])
  func partsOfDifferentModelsDoNot(_ file: String, _ old: String, _ new: String, _ expected: String) throws {
    let message = try problem(file, old, new)
    #expect(message?.contains(expected) == true, "\(message ?? "nothing")")
  }
}
