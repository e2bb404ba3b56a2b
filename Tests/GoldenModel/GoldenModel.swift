import Foundation

/// A Wan 2.2 text-to-video model of random weights, a few thousand of each kind, in the layout that diffusers
/// writes: `tiny-a`, made with diffusers 0.42.1 and transformers 5.23.0 from a fixed seed. The goldens of the model
/// rooms were computed with it.
public enum GoldenModel {
  public static var path: String { resources + "/tiny-a" }

  /// Transformer and VAE in the shapes of TI2V-5B: 48 latent channels, the VAE of Wan 2.2, a timestep for every token.
  /// `tiny-5b`, made likewise, in bfloat16, with the published mean and deviation of its latents.
  public static var ti2vPath: String { resources + "/tiny-5b" }

  /// Puts together a whole TI2V-5B, with tokenizer and text encoder of the other model.
  /// - Parameter folder: is made; the parts in it are links.
  public static func assembleTI2V(in folder: String) throws {
    let manager = FileManager.default
    try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let own = try manager.contentsOfDirectory(atPath: ti2vPath).map { (ti2vPath, $0) }
    for (place, part) in own + [(path, "tokenizer"), (path, "text_encoder")] {
      try manager.createSymbolicLink(atPath: "\(folder)/\(part)", withDestinationPath: "\(place)/\(part)")
    }
  }

  private static var resources: String { Bundle.module.resourcePath ?? "." }
}
