import BuiltInModel
import Checkpoints
import Foundation
import LocalEngine
import Rendering
import Tensors
import WanModel

/// A model whose weights are holes in its files: real names, types, shapes and places, and nearly no bytes on disk.
///
///     let model = try HollowModel(.a14b, in: folder)
///     ModelFolder(path: model.path)
///
/// In the diffusers layout, one file for each part. It is not removed by itself.
struct HollowModel {
  let path: String

  init(_ shape: ModelShape, in folder: String) throws {
    path = "\(folder)/\(shape.rawValue)"
    guard Disk(at: folder).kind != .memory else {
      throw RenderError(
        .noSpace, "\(folder) is kept in memory, where a model would take as much as it is large",
        remedy: "say with --folder a folder on a disk")
    }
    for (file, text) in try shape.configurations() {
      let place = URL(filePath: "\(path)/\(file)")
      try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: place, atomically: true, encoding: .utf8)
    }
    try? FileManager.default.removeItem(atPath: "\(path)/tokenizer")
    try FileManager.default.createSymbolicLink(
      atPath: "\(path)/tokenizer", withDestinationPath: "\(BuiltInModel.path)/tokenizer")
    try writeWeights(of: shape)
  }

  private func writeWeights(of shape: ModelShape) throws {
    let model = ModelFolder(path: path)
    let pipeline = try model.pipelineConfiguration()
    try write(
      "text_encoder/model.safetensors", try model.textEncoderConfiguration().expectedTensors, shape.matrixType)
    for expert in ModelFolder.experts where pipeline.contains(expert) {
      try write(
        "\(expert)/diffusion_pytorch_model.safetensors", try model.transformerConfiguration(expert).expectedTensors,
        shape.matrixType)
    }
    try write("vae/diffusion_pytorch_model.safetensors", try model.vaeConfiguration().expectedTensors, .float32)
  }

  private func write(_ file: String, _ tensors: [String: [Int]], _ type: ElementType) throws {
    let sorted = tensors.sorted { $0.key < $1.key }.map { (name: $0.key, type: type, shape: $0.value) }
    try SafetensorsWriter.writeHollow(sorted, to: "\(path)/\(file)")
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}
