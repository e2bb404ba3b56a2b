import Checkpoints
import Foundation
import GoldenModel
public import Tensors
public import WanModel

/// A small random model in the layouts that have no configuration: one head of 128, as single files must have.
///
///     let model = try SampleModel(in: folder)
///     try model.writeTransformer("diffusion_models/wan2.2_t2v_high_noise_14B.safetensors", seed: 1)
///     try model.writeTextEncoder("text_encoders/umt5_xxl.safetensors")
///     try model.writeVAE("vae/wan_2.1_vae.safetensors")
public struct SampleModel {
  public let folder: String
  private let golden = ModelFolder(path: GoldenModel.path)

  public init(in folder: String) { self.folder = folder }

  public static let transformer = TransformerConfiguration(
    numAttentionHeads: 1, attentionHeadDim: 128, textDim: 32, freqDim: 32, ffnDim: 96, numLayers: 1)

  /// - Returns: the whole path.
  @discardableResult
  public func writeTransformer(
    _ name: String, seed: UInt64, configuration: TransformerConfiguration = transformer,
    change: (inout [(name: String, tensor: Tensor)]) -> Void = { _ in }
  ) throws -> String {
    var tensors = configuration.expectedTensors.sorted { $0.key < $1.key }.enumerated().map { index, entry in
      let noise = Noise.normal(entry.value, seed: seed * 1000 + UInt64(index))
      let values = noise.floats().map { $0 * 0.05 }
      return (name: NameTable.transformer.theirs(entry.key) ?? entry.key, tensor: Tensor(values, shape: entry.value))
    }
    change(&tensors)
    return try write(tensors, name)
  }

  /// The golden model's, as ComfyUI has it: with the tokenizer inside, if that is wanted.
  @discardableResult
  public func writeTextEncoder(_ name: String, withTokenizer: Bool = true) throws -> String {
    let checkpoint = try Checkpoint(path: GoldenModel.path + "/text_encoder")
    var tensors = try checkpoint.names.map { (name: $0, tensor: try checkpoint.tensor(named: $0)) }
    if withTokenizer {
      let bytes = try Data(contentsOf: URL(filePath: GoldenModel.path + "/tokenizer/spiece.model"))
      tensors.append((name: "spiece_model", tensor: Self.bytes([UInt8](bytes))))
    }
    return try write(tensors, name)
  }

  /// The golden model's, under the official names.
  @discardableResult
  public func writeVAE(_ name: String) throws -> String {
    let checkpoint = try golden.checkpoint("vae")
    return try write(
      checkpoint.names.map { (name: NameTable.vae.theirs($0) ?? $0, tensor: try checkpoint.tensor(named: $0)) }, name)
  }

  /// A whole model in ComfyUI's folders; returns the high-noise expert.
  @discardableResult
  public func writeComfyUI(_ title: String = "14B") throws -> String {
    try writeTransformer("diffusion_models/wan2.2_t2v_low_noise_\(title).safetensors", seed: 2)
    try writeTextEncoder("text_encoders/umt5_xxl.safetensors")
    try writeVAE("vae/wan_2.1_vae.safetensors")
    return try writeTransformer("diffusion_models/wan2.2_t2v_high_noise_\(title).safetensors", seed: 1)
  }

  public static func bytes(_ bytes: [UInt8]) -> Tensor {
    let tensor = Tensor.zeros([bytes.count], type: .uint8)
    bytes.withUnsafeBytes {
      tensor.storage.pointer.copyMemory(
        from: $0.baseAddress ?? UnsafeRawPointer(tensor.storage.pointer), byteCount: bytes.count)
    }
    return tensor
  }

  private func write(_ tensors: [(name: String, tensor: Tensor)], _ name: String) throws -> String {
    let path = "\(folder)/\(name)"
    try FileManager.default.createDirectory(
      at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
    if name.hasSuffix(".gguf") {
      try Data(Self.gguf(tensors)).write(to: URL(filePath: path))
    } else {
      try SafetensorsWriter.write(tensors, to: path)
    }
    return path
  }
}

extension SampleModel {
  /// A GGUF file, version 3, of float32 tensors.
  private static func gguf(_ tensors: [(name: String, tensor: Tensor)]) -> [UInt8] {
    var header = Array("GGUF".utf8)
    func add<T: FixedWidthInteger>(_ value: T) {
      withUnsafeBytes(of: value.littleEndian) { header.append(contentsOf: $0) }
    }
    add(UInt32(3))
    add(UInt64(tensors.count))
    add(UInt64(0))
    var data: [UInt8] = []
    for (name, tensor) in tensors {
      add(UInt64(name.utf8.count))
      header += Array(name.utf8)
      add(UInt32(tensor.shape.count))
      for size in tensor.shape.reversed() { add(UInt64(size)) }
      add(UInt32(0))
      add(UInt64(data.count))
      data += tensor.withUnsafeBytes { [UInt8]($0) }
      data += [UInt8](repeating: 0, count: (32 - data.count % 32) % 32)
    }
    header += [UInt8](repeating: 0, count: (32 - header.count % 32) % 32)
    return header + data
  }
}
